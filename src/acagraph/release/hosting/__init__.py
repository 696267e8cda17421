"""A release as a folder for any web server, with what search engines and archives read."""
