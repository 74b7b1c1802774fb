"""What every chat is, whatever the platform: addresses, messages, forms, text, errors and the protocol.

Pure: no module here opens a file or a connection.
"""
