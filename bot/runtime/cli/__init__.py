"""The words of the `syllabot` command line that need no running bot."""
