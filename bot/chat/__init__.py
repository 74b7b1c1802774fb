"""The chat in general: addresses, messages, forms, text, errors and the platform protocol.

Pure: no module here opens a file or a connection.
"""
