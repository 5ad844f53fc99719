"""Points at spans: quotes, mentions, times, events. Decides nothing; knows the language from `knowledge/`."""

from __future__ import annotations

from newspkg.body import Body
from newspkg.find.model import Findings
from newspkg.find.registry import Registry

__all__ = ["find"]


def find(body: Body, registry: Registry) -> Findings:
    """Everything the rules see in one document's own prose, each list sorted by (start, end).

    Times and events stand on what came before: an event's clause is read with its quotes, mentions and times at hand.
    """
    # Imported here: each finder is a room of its own that a test may open without the others.
    from newspkg.find.events import find_events
    from newspkg.find.mentions import find_mentions
    from newspkg.find.quotes import find_quotes
    from newspkg.find.times import find_times

    quotes, left_out = find_quotes(body)
    mentions, unresolved = find_mentions(body, registry)
    times = find_times(body)
    events = find_events(body, times, mentions, quotes)
    return Findings(quotes, mentions, times, events, sorted([*left_out, *unresolved], key=lambda o: (o.start, o.end)))
