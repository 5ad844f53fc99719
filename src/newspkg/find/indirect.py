"""Attributions in one paragraph: who (source), by which word (cue), what (content), in marks or not.

One pass over the cue words of a token stream. A cue is kept only if its source is a noun phrase that can be pointed
at; what it governs is a quotation to its left or right, a clause, or both. Nothing is said about the quotations
themselves: `find.quotes` decides what becomes of them.
"""

from __future__ import annotations

from typing import NamedTuple

from newspkg.find.cues import BASE, ING, PARTICIPLE, PAST, THIRD, Cue
from newspkg.find.governed import (
    MAX_ADJUNCT,
    MAX_CONTENT,
    Attribution,
    Right,
    add_content,
    after_source,
    attribute,
    clause_start,
    content_end,
    ends_here,
    fill_right,
    find_quote,
    halved,
    is_clause,
    left_quote,
    right_of,
    second_half,
    source_span,
    stopped,
)
from newspkg.find.phrases import QUOTE, Stream

__all__ = ["Attribution", "attributions"]

_PLAIN_SUBJECTS = frozenset(("all", "some", "many", "most", "others", "both", "few", "several", "neither", "everyone"))
_VIEWS = frozenset(("view", "opinion", "words", "perspective", "telling", "viewpoint", "eyes", "assessment", "account"))
_DASHES = frozenset("—–-―")


class _Site(NamedTuple):
    """The token of a cue, the first token of its verb group, and the token range of its sentence."""

    cue: int
    group: int
    lo: int
    hi: int


def attributions(st: Stream) -> list[Attribution]:
    """All attributions of the paragraph, in the order of their cues."""
    found: list[Attribution] = []
    for i in st.cues:
        word = st.w[i]
        if word == "according":
            one = _according(st, i)
        else:
            one = None
            if word in st.lex.verbs:
                one = _verb(st, i, found)
            if one is None and (word in _VIEWS or word == "point"):
                one = _view(st, i)
            if one is None and (word in st.lex.nouns or word in st.lex.announced):
                one = _noun(st, i)
        if one is not None:
            found.append(one)
    return found


def _readings(st: Stream, i: int) -> list[tuple[Cue, int]]:
    """The readings of the word at i that its particle allows, with the token after the cue."""
    out = []
    for cue in st.lex.verbs[st.w[i]]:
        k = i + 1
        if cue.particle:
            if tuple(st.w[k : k + len(cue.particle)]) != cue.particle:
                continue
            out.append((cue, k + len(cue.particle)))
        else:
            out.append((cue, k))
    return out


def _verb(st: Stream, i: int, found: list[Attribution]) -> Attribution | None:
    w, words = st.w, st.lex.words
    lo, hi = st.sentence(i)
    if st.capital(i) and i > lo and st.capital(i - 1):
        return None
    group = st.verb_group(i, lo)
    while group < i and st.adverb(group) and (group == lo or w[group - 1] in (",", QUOTE)):
        group += 1  # an adverb that opens the clause stands outside the group
    readings = _readings(st, i)
    if not readings:
        return None
    forms = frozenset().union(*(cue.forms for cue, _ in readings))
    helpers = w[group:i]
    if any(h in words["modals"] for h in helpers):
        return None
    before = w[group - 1] if group > lo else ""
    be = next(
        (h for h in reversed(helpers) if not st.adverb(group + helpers.index(h)) and h not in ("not", "never")), ""
    )
    if be in words["be"] and ING not in forms and forms & {PAST, PARTICIPLE}:
        return _passive(st, _Site(i, group, lo, hi), readings)
    if before == "to":
        if not (group - 2 >= lo and w[group - 2] in ("on", "continued", "continues", "continue")):
            return None
        group -= 2
        if w[group] == "on" and group > lo:
            group -= 1
        group = st.verb_group(group, lo)
    elif (
        before in words["attach"]
        or (group == i and group > lo and st.possessive(group - 1))
        or (
            before in words["determiners"]
            and before not in _PLAIN_SUBJECTS
            and not (before in ("this", "that", "one") and forms & {THIRD, PAST})
        )
    ):
        return None
    at = _Site(i, group, lo, hi)
    if ING in forms and be not in words["be"]:
        return _participle(st, at, readings, found)
    if before in ("and", "but", "or") and group - 2 > lo and forms & {PAST, THIRD}:
        shared = _shared(st, at, readings, found)
        if shared is not None:
            return shared
    return _active(st, at, readings)


def _active(st: Stream, at: _Site, readings: list[tuple[Cue, int]]) -> Attribution | None:
    i, group, lo, hi = at
    w, words = st.w, st.lex.words
    subject = st.source_left(group - 1, lo)
    if subject is not None and not _agrees(st, i, group, subject, readings):
        subject = None
    if subject is None:
        return _turned(st, at, readings) or _reduced(st, at, readings)
    first = subject[0]
    # the clause must begin with its subject: a verb before it makes it an object
    odd_start = (
        first > lo
        and st.word(first - 1)
        and not (
            w[first - 1] in words["barriers"]
            or w[first - 1] in words["adverbs"]
            or w[first - 1] in ("and", "or", "nor")
            or w[first - 1] in words["times"]
            or w[first - 1] in words["attach"]
            or w[first - 1] in st.lex.verbs
            or st.capital(first - 1)
            or w[first - 1] in words["determiners"]
        )
    )
    left, left_rule = left_quote(st, first)
    relative = w[group - 1] in ("who", "which") or (first > lo and w[first - 1] in ("which", "who", "whom"))
    if relative:
        # a relative clause ends at the comma that closes it
        hi = (
            next((m for m in range(i + 1, min(hi, i + MAX_CONTENT)) if w[m] == ","), hi)
            if w[group - 1] != "who" or w[group - 2] == ","
            else hi
        )
    for cue, k in readings:
        if odd_start and cue.grade != "A":
            continue
        if any(x in ("if", "whether", "unless") for x in w[max(lo, first - 2) : first]):
            continue
        if w[first - 1 : first] and first > lo and w[first - 1] in words["attach"] and cue.grade == "C":
            continue
        right = right_of(st, k, hi, cue)
        if left is not None:
            talks_on = right.kind in ("that", "clause", "question", "object", "to")
            closed = stopped(st, first) and left_rule != "quote-dash-source-cue"
            if not (closed and talks_on) and ("that" in cue.frames or "told" in cue.frames):
                return _with_left(st, at, k, cue, subject, (left, left_rule), right)
        if right.kind in ("none", "open") or (
            right.kind == "colon" and any(h in ("will", "would") for h in w[group:i])
        ):
            continue
        one = attribute(
            st, i, k, group, cue, subject, "source-cue-" + ("quote" if right.kind == "quote" else right.kind)
        )
        if fill_right(st, one, right, hi):
            return one
    for cue, k in readings:
        right = right_of(st, k, hi, cue)
        if right.kind == "open":
            one = attribute(st, i, k, group, cue, subject, "source-cue-quote")
            one.open_end = True
            return one
        if "turn" not in cue.frames or cue.grade == "C" or any(h in ("will", "would") for h in w[group:i]):
            continue
        if right.kind != "none" or left is not None or not ends_here(st, right.at, hi):
            continue
        if first - 1 > lo and w[first - 1] == ",":
            start = clause_start(st, lo, first - 1)
            if is_clause(st, start, first - 1) or halved(st, start, first - 1, right.at):
                one = attribute(st, i, k, group, cue, subject, "clause-source-cue")
                one.addressee = source_span(st, right.addressee) if right.addressee else None
                add_content(st, one, start, first - 1)
                second_half(st, one, right.at, hi)
                return one
    return None


def _agrees(st: Stream, i: int, group: int, subject: tuple[int, int], readings: list[tuple[Cue, int]]) -> bool:
    """Whether the verb form can go with the subject: "it claims", "they claim", not "the EU claims" as a noun."""
    if group < i:
        return True
    forms = frozenset().union(*(cue.forms for cue, _ in readings))
    head = st.w[subject[1] - 1]
    if forms == {PARTICIPLE}:
        return False  # "an option seen as ..." without an auxiliary
    if forms == {BASE}:
        words = st.w[subject[0] : subject[1]]
        people = (
            head in st.lex.words["people"] or head in ("i", "we", "you", "they") or head.endswith("s") or "who" in words
        )
        return (people or "and" in words or words[0] in _PLAIN_SUBJECTS) and head not in ("he", "she", "it")
    if forms == {THIRD}:
        first = st.w[subject[0]]
        if first in st.lex.words["plural_determiners"] or (
            first == "the" and st.w[subject[0] + 1 : subject[0] + 2] in (["two"], ["three"], ["four"], ["other"])
        ):
            return False
        plural = head in ("they", "we", "i", "you", "people") or (
            not st.capital(subject[1] - 1) and head.endswith("s") and not head.endswith(("ss", "us"))
        )
        return not plural
    return True


def _reduced(st: Stream, at: _Site, readings: list[tuple[Cue, int]]) -> Attribution | None:
    """ "A report published in May concluded that ...": a participle stands between the source and its verb."""
    i, group, lo, hi = at
    w, words = st.w, st.lex.words
    for j in range(group - 1, max(lo, group - MAX_ADJUNCT), -1):
        if not st.word(j) or w[j] in words["barriers"]:
            return None
        participle = w[j].endswith("ed") or any(PARTICIPLE in cue.forms for cue in st.lex.verbs.get(w[j], ()))
        if participle and not st.capital(j) and (w[j + 1] in words["attach"] or w[j + 1] in words["times"]):
            subject = st.source_left(j - 1, lo)
            break
    else:
        return None
    if subject is None:
        return None
    for cue, k in readings:
        right = right_of(st, k, hi, cue)
        if right.kind == "that" and cue.forms & {PAST, THIRD}:
            one = attribute(st, i, k, group, cue, subject, "source-cue-that")
            return one if fill_right(st, one, right, hi) else None
    return None


def _turned(st: Stream, at: _Site, readings: list[tuple[Cue, int]]) -> Attribution | None:
    """ "...", said X · ..., said X."""
    i, group, lo, hi = at
    w = st.w
    if group != i or i == 0:
        return None
    cues = [
        (cue, k) for cue, k in readings if "turn" in cue.frames and not cue.particle and cue.forms & {PAST, THIRD, BASE}
    ]
    if not cues:
        return None
    cue, k = cues[0]
    left, _ = left_quote(st, i)
    comma = i > lo and w[i - 1] == ","
    if left is None and not comma:
        return None
    subject = st.phrase_right(k, hi)
    if subject is None:
        return None
    after = subject[1]
    if left is not None:
        right = after_source(st, after, hi)
        return _with_left(st, at, k, cue, subject, (left, "quote-cue-source"), right)
    start = clause_start(st, lo, i - 1)
    if not is_clause(st, start, i - 1) and not halved(st, start, i - 1, after):
        return None
    one = attribute(st, i, k, group, cue, subject, "clause-cue-source")
    add_content(st, one, start, i - 1)
    right = after_source(st, after, hi)
    if right.kind == "quote":
        # the words before stand without marks, those after in them: the latter are speech of their own
        one.right = [st.quote_at[right.at]]
        return one
    second_half(st, one, after, hi)
    return one


def _with_left(
    st: Stream, at: _Site, k: int, cue: Cue, subject: tuple[int, int], quote: tuple[int, str], right: Right
) -> Attribution:
    """The attribution of a quotation to the left, given as (number, rule), and of what goes on to the right."""
    i, group, _, hi = at
    left, rule = quote
    one = attribute(st, i, k, group, cue, subject, rule)
    one.addressee = source_span(st, right.addressee) if right.addressee else None
    q = min(subject[0], group) - 1
    while st.w[q] != QUOTE:
        q -= 1
    start = clause_start(st, st.sentence(q)[0], q)
    if q > start and st.w[q - 1] not in (",", ":", QUOTE) and st.word(q - 1) and not _own_cue(st, start, q):
        # He was "a good man," she said: the words before belong to the content
        one.rule = "clause-source-cue" if rule != "quote-cue-source" else "clause-cue-source"
        add_content(st, one, start, q + 1)
    else:
        one.left, one.left_rule = left, rule
    m = right.at if right.kind == "quote" else find_quote(st, k, hi)
    if m is not None and m < hi and st.w[m] == QUOTE:
        one.right = [st.quote_at[m]]
    elif one.content:
        second_half(st, one, right.at, hi)
    return one


def _own_cue(st: Stream, lo: int, hi: int) -> bool:
    return any(lo <= c < hi and st.w[c] in st.lex.verbs and st.w[hi - 1] in ("that", st.w[c]) for c in range(lo, hi))


def _participle(st: Stream, at: _Site, readings: list[tuple[Cue, int]], found: list[Attribution]) -> Attribution | None:
    """ ", adding that ...": the source is that of the cue before, or the subject of the sentence."""
    i, group, lo, hi = at
    w = st.w
    if group == lo or (w[group - 1] not in (",", "and", QUOTE) and w[group - 1] not in _DASHES):
        return None
    source = _last_source(found, lo)
    if source is None:
        source = st.subject(lo, group)
    if source is None:
        return None
    for cue, k in readings:
        right = right_of(st, k, hi, cue)
        if right.kind in ("none", "open", "object", "to"):
            continue
        one = attribute(st, i, k, group, cue, source, "participle-cue")
        if fill_right(st, one, right, hi):
            one.rule = "source-cue-quote" if one.right else "participle-cue"
            return one
    return None


def _last_source(found: list[Attribution], lo: int) -> tuple[int, int] | None:
    """The source of the last attribution at or after token lo."""
    for earlier in reversed(found):
        if earlier.at < lo:
            return None
        if earlier.source_tokens is not None:
            return earlier.source_tokens
    return None


def _shared(st: Stream, at: _Site, readings: list[tuple[Cue, int]], found: list[Attribution]) -> Attribution | None:
    """X argued that ... and blamed ...: the second verb has the source of the first."""
    i, group, lo, hi = at
    w = st.w
    source = _last_source(found, lo)
    if source is None:
        return None
    for cue, k in readings:
        right = right_of(st, k, hi, cue)
        # a clause without "that" only with its own pronoun: "... and said it would", not "... and noted progress made"
        own = cue.grade == "A" and w[right.at : right.at + 1] and w[right.at] in st.lex.words["clause_subjects"]
        if right.kind in ("none", "open") or (right.kind == "clause" and not own):
            continue
        one = attribute(st, i, k, group, cue, source, "shared-source-cue")
        if fill_right(st, one, right, hi):
            one.rule = "source-cue-quote" if one.right else "shared-source-cue"
            return one
    return None


def _passive(st: Stream, at: _Site, readings: list[tuple[Cue, int]]) -> Attribution | None:
    """ "was accused by X of ...", "were told by X that ...": the agent is the source."""
    i, group, _, hi = at
    w = st.w
    for cue, k in readings:
        limit = min(hi, k + MAX_ADJUNCT)
        by = next((m for m in range(k, limit) if w[m] == "by" or w[m] in ",;" or w[m] == QUOTE), None)
        agent = st.phrase_right(by + 1, hi) if by is not None and w[by] == "by" else None
        if agent is not None and w[agent[0]] in ("monday", "tuesday"):
            agent = None
        if agent is None:
            if cue.cue_class != "accuse" or k >= hi or w[k] not in ("of", "for"):
                continue
            one = attribute(st, i, k, group, cue, None, "passive-cue")
            end = content_end(st, k, hi)
            if end - k < 2:
                continue
            add_content(st, one, k, end)
            return one
        one = attribute(st, i, k, group, cue, agent, "passive-cue")
        after = agent[1]
        if by == k and after < hi and w[after] in ("of", "for", "that", "as", "to", QUOTE):
            end = content_end(st, after, hi)
            if w[after] == QUOTE or end == after + 1:
                one.right, one.rule = [st.quote_at[after]] if w[after] == QUOTE else [], "passive-quote"
                return one if one.right else None
            add_content(st, one, after, end)
            return one if one.content else None
    return None


def _noun(st: Stream, i: int) -> Attribution | None:
    """ "Armenia's claim that ...", "the claim of the ministry that ...", "in X's statement: "..."."""
    w = st.w
    lo, hi = st.sentence(i)
    k = i + 1
    source = None
    if i > lo:
        j = i - 1
        while j > lo and i - j < 4 and not st.possessive(j) and w[j] not in ("his", "her", "their", "its"):
            j -= 1
        if w[j] in ("his", "her", "their", "its"):
            source = (j, j + 1)
        elif st.possessive(j):
            source = _owner(st, j, lo)
    if source is None:
        light = next((m for m in range(i - 1, max(lo, i - 6), -1) if w[m] in st.lex.light_verbs), None)
        if light is not None and (w[k : k + 1] == ["that"] or (k < hi and w[k] in st.lex.links)):
            group = st.verb_group(light, lo)
            subject = st.source_left(group - 1, lo)
            if subject is None:
                return None
            if w[k] == "that" and _relative(st, k):
                return None
            at = k if w[k] == "that" else k + 1
            one = attribute(
                st, i, at, group, _noun_cue(st, i), subject, "source-cue-" + ("that" if w[k] == "that" else "object")
            )
            add_content(st, one, at, content_end(st, at, hi))
            return one if one.content else None
    if source is None and k < hi and w[k] in ("of", "by", "from"):
        source = st.phrase_right(k + 1, hi, apposition=False)
        k = source[1] if source else k
    if source is None or k >= hi:
        return None
    cue = _noun_cue(st, i)
    if w[k] == "that" and w[i] in st.lex.nouns and not _relative(st, k):
        end = content_end(st, k, hi)
        if end <= k + 2:
            return None
        one = attribute(st, i, i + 1, i, cue, source, "noun-that")
        if w[k + 1] == QUOTE and end == k + 2:
            one.right, one.rule = [st.quote_at[k + 1]], "noun-quote"
            return one
        add_content(st, one, k, end)
        return one
    if w[k] == ":" and k + 1 < hi and w[k + 1] == QUOTE:
        one = attribute(st, i, i + 1, i, cue, source, "noun-quote")
        one.right = [st.quote_at[k + 1]]
        return one
    return None


def _owner(st: Stream, j: int, lo: int) -> tuple[int, int] | None:
    """The owner whose genitive is token j: the noun phrase before it, without what a preposition or a later article
    cuts off ("it stands in the ministry's statement", "no proof for Sarvia's claim")."""
    w, attach = st.w, st.lex.words["attach"]
    first = j
    while first > lo and j - first < MAX_ADJUNCT and st.word(first - 1):
        word = w[first - 1]
        if word in ("the", "a", "an") and w[first - 2 : first - 1] != ["of"]:
            return first - 1, j + 1
        if (word in attach and word != "of") or word in st.lex.words["barriers"]:
            break
        first -= 1
    found = st.phrase_left(j, first)
    return found if found is not None and w[found[0]] != "of" else None


def _relative(st: Stream, k: int) -> bool:
    """Whether the "that" at k opens a relative clause ("a statement that sought ..."): a verb follows it."""
    if k + 1 >= len(st.w):
        return True
    after = st.w[k + 1]
    return after in st.lex.words["finite"] or after in st.lex.verbs or (after.endswith("ed") and not st.capital(k + 1))


def _noun_cue(st: Stream, i: int) -> Cue:
    word = st.w[i]
    cue_class = st.lex.nouns.get(word) or st.lex.announced[word]
    return Cue(word, (), cue_class, "B", frozenset(("that",)), frozenset())


def _according(st: Stream, i: int) -> Attribution | None:
    """ "According to X, ..." · "..., according to X"."""
    w = st.w
    lo, hi = st.sentence(i)
    if i + 2 >= hi or w[i + 1] != "to" or (i > lo and w[i - 1] in ("go", "goes", "went", "gone", "going")):
        return None
    source = st.phrase_right(i + 2, hi)
    if source is None:
        return None
    cue = Cue("according to", (), "neutral", "A", frozenset(), frozenset())
    one = attribute(st, i, i + 2, i, cue, source, "according-to")
    return _around(st, one, i, source[1], lo, hi)


def _view(st: Stream, i: int) -> Attribution | None:
    """ "From X's point of view, ...", "in X's words, "..."."""
    w = st.w
    lo, hi = st.sentence(i)
    last = i
    if w[i] == "point":
        if w[i + 1 : i + 3] != ["of", "view"]:
            return None
        last = i + 2
    if i - 1 < lo or not (st.possessive(i - 1) or w[i - 1] in ("his", "her", "their", "its")):
        return None
    source = (i - 1, i) if w[i - 1] in ("his", "her", "their", "its") else st.phrase_left(i - 1, lo)
    if source is None or source[0] - 1 < lo or w[source[0] - 1] not in ("from", "in"):
        return None
    cue = Cue(w[i], (), "neutral" if w[i] == "words" else "think", "A", frozenset(), frozenset())
    one = attribute(st, i, last + 1, i, cue, source, "view-of-source")
    return _around(st, one, source[0] - 1, last + 1, lo, hi)


def _around(st: Stream, one: Attribution, lead: int, after: int, lo: int, hi: int) -> Attribution | None:
    """Content of an adverbial attribution [lead, after): what follows it at the start, what stands before it at the
    end, both where it stands in the middle."""
    w = st.w
    left, _ = left_quote(st, lead)
    if left is not None and (lead - 1 < lo or w[lead - 1] in (",", QUOTE)) and not _stopped_here(st, lead, lo):
        q = lead - 1
        while w[q] != QUOTE:
            q -= 1
        start = clause_start(st, st.sentence(q)[0], q)
        if q > start and st.word(q - 1):
            # he was "under the weather," according to X: the words before belong to the content
            add_content(st, one, start, q + 1)
            return one
        one.left, one.left_rule = left, "according-to-quote"
        one.rule = "according-to-quote"
        return one
    k = after
    if k < hi and w[k] == ",":
        k += 1
    opening = lead == lo or (lead - 1 == lo and w[lo] in ("but", "and", "yet", "because"))
    joined = (not opening and w[lead - 1] in ("and", "but", "that", "what")) or (
        not opening and w[lead - 1] == "," and lead - 2 >= lo and w[lead - 2] in ("and", "but", "that", "what")
    )
    if opening or joined:
        if k >= hi or (k == after and w[after] in ".;"):
            return None
        if w[k] == QUOTE and (k + 1 >= hi or not st.word(k + 1)):
            one.right, one.rule = [st.quote_at[k]], "according-to-quote"
            return one
        end = content_end(st, k, hi)
        if end - k < 2:
            return None
        add_content(st, one, k, end)
        return one
    start = clause_start(st, lo, lead)
    stop = lead - 1 if w[lead - 1] == "," else lead
    if stop - start < 2:
        return None
    add_content(st, one, start, stop)
    second_half(st, one, after, hi)
    return one if one.content else None


def _stopped_here(st: Stream, lead: int, lo: int) -> bool:
    return lead - 1 < lo and st.capital(lead) and stopped(st, lead)
