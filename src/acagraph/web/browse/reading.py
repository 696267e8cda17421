"""The survey of a release, made when it is first asked for and kept: a release never changes."""

from __future__ import annotations

from threading import Lock

from acagraph.dataset import Dataset
from acagraph.web.browse.survey import Survey, survey
from acagraph.web.pages import Pages


class Reading:
    """Reads a release once, whoever asks first; all others wait for it."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._dataset = dataset
        self._pages = pages
        self._lock = Lock()
        self._made: Survey | None = None

    @property
    def survey(self) -> Survey:
        """What the release holds. Raises StoreError."""
        with self._lock:
            if self._made is None:
                self._made = survey(self._dataset.store, self._pages.superclasses)
            return self._made
