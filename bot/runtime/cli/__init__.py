"""Commands on the `syllabot` command line that need no running bot."""
