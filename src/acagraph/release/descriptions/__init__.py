"""What a release says of itself: in DCAT and VoID, for search engines, for archives and for citing."""
