"""What the pages of things show, made from the data without a word of HTTP or of HTML."""
