"""Files of other datasets, read for links: what their entries may be of our things, proposed and no more."""
