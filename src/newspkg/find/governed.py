"""What a cue governs: the quotation or clause to its right, the quotation or clause before its source.

Helpers of `find.indirect`; all positions are tokens of a `Stream` unless a `Span` says code points.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from newspkg.find.cues import PAST, THIRD, Cue
from newspkg.find.model import Span
from newspkg.find.phrases import QUOTE, Stream

__all__ = [
    "MAX_ADJUNCT",
    "MAX_CONTENT",
    "Attribution",
    "Right",
    "add_content",
    "after_source",
    "attribute",
    "clause_start",
    "content_end",
    "ends_here",
    "fill_right",
    "find_quote",
    "halved",
    "is_clause",
    "left_quote",
    "right_of",
    "second_half",
    "source_span",
    "span_of",
    "stopped",
]

MAX_CONTENT = 150  # tokens; keeps time linear where a text has no sentence ends
MAX_ADJUNCT = 14  # tokens between cue and "that", a colon or a quotation
_NOT_CLAUSE = frozenset(
    ("to", "and", "or", "but", "by", "than", "as", "if", "because", "so", "not", ",", "more", "less", "too", "very")
)
_SAYS = frozenset(("said", "says", "told", "added", "wrote", "stated"))
_OBJECTS = frozenset(("him", "her", "them", "us", "me", "you"))
_DASHES = frozenset("—–-―")


@dataclass(slots=True, eq=False)
class Attribution:
    """A cue with its source and what it governs.

    `left`, `right` are numbers of quotations that are the content by themselves; `content` are spans of running words
    (quotations in them are parts of a mixed quotation, their numbers in `parts`).
    """

    cue: Span
    cue_class: str
    grade: str
    lemma: str
    source: Span | None
    rule: str
    at: int  # token of the cue
    source_tokens: tuple[int, int] | None = None
    addressee: Span | None = None
    left: int | None = None
    left_rule: str = ""
    right: list[int] = field(default_factory=list)
    content: list[Span] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    block: int = -1
    open_end: bool = False  # "X said:" at the end of the paragraph


@dataclass(slots=True)
class Right:
    kind: str  # that, clause, question, to, object, quote, colon, open, none
    at: int
    addressee: tuple[int, int] | None = None


def span_of(st: Stream, lo: int, hi: int) -> Span:
    return Span(st.s[lo], st.e[hi - 1])


def source_span(st: Stream, tokens: tuple[int, int]) -> Span:
    lo, hi = tokens
    # a genitive names its owner: "Moscow's view" has the source "Moscow"
    end = st.e[hi - 1] - 2 if st.possessive(hi - 1) else st.e[hi - 1]
    return Span(st.s[lo], end)


def ends_here(st: Stream, k: int, hi: int) -> bool:
    """Whether a clause ends with the attribution before token k: a stop, a comma, or "on Tuesday", "in a statement"."""
    w, words = st.w, st.lex.words
    if k >= hi or not st.word(k):
        return True
    return (
        (w[k] in words["adjunct"] and w[k] != "to") or w[k] in words["times"] or w[k] in ("later", "earlier", "again")
    )


def after_source(st: Stream, k: int, hi: int) -> Right:
    """What follows "said X": a quotation after a comma, colon or short adjunct, or nothing."""
    m = find_quote(st, k, hi)
    return Right("quote", m) if m is not None else Right("none", k)


def find_quote(st: Stream, k: int, hi: int) -> int | None:
    w = st.w
    m = k
    if m < hi and (w[m] in st.lex.words["adjunct"] or w[m] in st.lex.words["times"]):
        while m < hi and m - k < MAX_ADJUNCT and w[m] not in (",", ":", QUOTE) and w[m] not in _DASHES:
            m += 1
    if m < hi and (w[m] in (",", ":") or w[m] in _DASHES):
        m += 1
    return m if m < hi and w[m] == QUOTE and m - k < MAX_ADJUNCT else None


def left_quote(st: Stream, first: int) -> tuple[int | None, str]:
    """The quotation that ends before token `first`, over a comma, a stop or a dash."""
    w = st.w
    j = first - 1
    dash = False
    while j >= 0 and first - j <= 3 and (w[j] in (",", ".") or w[j] in _DASHES):
        dash = dash or w[j] in _DASHES
        j -= 1
    if j < 0 or w[j] != QUOTE:
        return None, ""
    return st.quote_at[j], "quote-dash-source-cue" if dash and first - j == 3 else "quote-source-cue"


def stopped(st: Stream, first: int) -> bool:
    """Whether the quotation before `first` ends like a sentence of its own."""
    j = first - 1
    if st.w[j] == ".":
        return True
    if st.w[j] != QUOTE:
        return False
    inside = st.text[st.s[j] : st.e[j]][:-1].rstrip()
    return inside.endswith((".", "!", "?", "…"))


def right_of(st: Stream, k: int, hi: int, cue: Cue) -> Right:
    """What stands right of a cue whose last token is k - 1."""
    w, words, frames = st.w, st.lex.words, cue.frames
    addressee = None
    if k < hi and "told" in frames and w[k] not in ("that", ":", ",", QUOTE):
        heard = _addressee(st, k, hi)
        if heard is not None:
            addressee, k = heard, heard[1]
        elif cue.lemma in ("tell", "inform", "remind"):
            return Right("none", k)
    elif k + 1 < hi and w[k] == "to" and frames >= {"that", "clause"}:
        heard = _addressee(st, k + 1, hi)
        if (
            heard is not None
            and (
                st.capital(k + 1)
                or w[k + 1] in words["determiners"]
                or w[k + 1] in words["people"]
                or heard[1] == k + 2
            )
            and (
                st.capital(k + 1)
                or w[k + 1] in words["determiners"]
                or w[k + 1] in words["people"]
                or w[k + 1] in _OBJECTS
            )
        ):
            addressee, k = heard, heard[1]
    k = _skip_adjunct(st, k, hi, cue)
    if k >= hi or (w[k] in ".?!" and w[k] != QUOTE):
        return Right("none", k, addressee)
    word = w[k]
    if word == ":":
        if k + 1 < hi and w[k + 1] == QUOTE:
            return Right("quote", k + 1, addressee)
        if k + 1 >= hi:
            return Right("open" if hi == len(w) else "none", k, addressee)
        return Right("colon" if "that" in frames and cue.grade == "A" else "none", k + 1, addressee)
    if word == QUOTE:
        return Right("quote", k, addressee)
    if word in (",",) or word in _DASHES:
        if k + 1 < hi and w[k + 1] == QUOTE and "that" in frames:
            return Right("quote", k + 1, addressee)
        m = k + 1
        # an aside before the content ("said, with a smile, that"); another verb of saying in it is no aside
        while word == "," and m < hi and m - k < MAX_ADJUNCT and w[m] not in (",", QUOTE) and w[m] not in st.lex.verbs:
            m += 1
        if (
            word == ","
            and m + 1 < hi
            and w[m] == ","
            and w[m + 1] in ("that", QUOTE)
            and not st.starts_participle(k + 1)
        ):
            return Right("that" if w[m + 1] == "that" else "quote", m + 1, addressee)
        return Right("none", k, addressee)
    if word == "that" and "that" in frames:
        return Right("that", k, addressee)
    if word in words["questions"] and "question" in frames:
        return Right("question", k, addressee)
    if (
        word == "to"
        and "to" in frames
        and k + 1 < hi
        and st.word(k + 1)
        and not (st.capital(k + 1) or w[k + 1] in words["determiners"])
    ):
        return Right("to", k, addressee)
    if "clause" in frames and _clause_like(st, k, hi):
        return Right("clause", k, addressee)
    if "object" in frames and _object_like(st, k, hi):
        if (
            "of" in frames
            and cue.lemma in ("accuse", "blame")
            and not any(x in ("of", "for") for x in w[k : k + MAX_ADJUNCT])
        ):
            return Right("none", k, addressee)
        return Right("object", k, addressee)
    if "told" in frames and addressee is not None and "question" in frames and word == "if":
        return Right("question", k, addressee)
    return Right("none", k, addressee)


def _addressee(st: Stream, k: int, hi: int) -> tuple[int, int] | None:
    w, words = st.w, st.lex.words
    if w[k] in _OBJECTS or w[k] == "it":
        possessive = w[k] == "her" and k + 1 < hi and w[k + 1] not in ("that", ",", ":", QUOTE, "to")
        if not possessive or st.capital(k + 1):
            return k, k + 1
    if w[k] in words["people"]:
        return k, k + 1
    return st.phrase_right(k, hi, apposition=False)


def _skip_adjunct(st: Stream, k: int, hi: int, cue: Cue) -> int:
    """Past "on Tuesday", "in a statement", "Thursday", "sarcastically" between cue and content, if they are there."""
    w, words = st.w, st.lex.words
    if k >= hi:
        return k
    if st.adverb(k) and k + 1 < hi:
        k += 1
    if k < hi and (w[k] in words["adjunct"] or w[k] in words["times"]) and "that" in cue.frames:
        m = k
        while m < hi and m - k <= MAX_ADJUNCT and w[m] not in ("that", ":", QUOTE, ";", ","):
            m += 1
        if m < hi and m > k and w[m] == "that" and _only_verb(st, m - 1):
            return k  # "a report published in May concluded that": the clause is the later verb's
        if m < hi and w[m] == "," and m + 1 < hi and w[m + 1] == QUOTE:
            return m
        if m < hi and w[m] in ("that", ":", QUOTE) and m > k and w[k] not in ("the", "this"):
            # words glued to the quotation are content: said in "plain language"
            return (
                m
                if w[m] != QUOTE
                or (
                    w[m - 1] not in words["attach"]
                    and w[m - 1] not in words["determiners"]
                    and not st.possessive(m - 1)
                )
                else k
            )
        if w[k] in words["times"]:
            return k + 1
        if k + 1 < hi and w[k] == "on" and w[k + 1] in words["times"]:
            return k + 2
    return k


def _clause_like(st: Stream, k: int, hi: int) -> bool:
    """Whether a clause without "that" starts at k: a subject, and a finite verb soon after."""
    w, words = st.w, st.lex.words
    word = w[k]
    if (
        not (st.word(k) or st._weak_mark(k))
        or word in _NOT_CLAUSE
        or (word in words["attach"] and word not in ("in", "on", "at", "under"))
    ):
        return False
    if word in st.lex.words["clause_subjects"]:
        return k + 1 < hi
    stop = min(hi, k + MAX_ADJUNCT)
    m = k + 1
    while m < stop and w[m] not in (",", ";", ":", QUOTE, "that", "who", "which"):
        m += 1
    glued = w[m - 1] in words["attach"] or w[m - 1] in words["determiners"] or word in words["attach"]
    if m < stop and w[m] == QUOTE and m - k > 1 - st.capital(k) and not glued:
        return True  # said the plan "cannot work": the verb stands between the marks
    return m > k + 1 and st.finite(k + 1, m)


def _object_like(st: Stream, k: int, hi: int) -> bool:
    w, words = st.w, st.lex.words
    if not (st.word(k) or st._weak_mark(k)) or w[k] in st.lex.words["no_objects"]:
        return False
    if w[k] in words["finite"] or w[k] in words["times"] or (st.adverb(k) and k + 1 >= hi):
        return False
    return k < hi


def content_end(st: Stream, k: int, hi: int) -> int:
    """Where a content that starts at token k ends: a token index, closing punctuation left out."""
    w, words = st.w, st.lex.words
    depth = 0
    limit = min(hi, k + MAX_CONTENT)
    m = k
    while m < limit:
        word = w[m]
        if word == "(":
            depth += 1
        elif word == ")":
            if depth == 0:
                break
            depth -= 1
        elif word == ";" and depth == 0:
            break
        elif word == "," and m + 1 < limit:
            after = w[m + 1]
            if (
                (after in words["stops"] and w[m + 2 : m + 3] != [QUOTE])
                or after == "according"
                or st.starts_participle(m + 1)
            ):
                break
            if (
                after in st.lex.verbs
                and m + 2 < limit
                and any("turn" in c.frames for c in st.lex.verbs[after])
                and (st.capital(m + 2) or w[m + 2] in words["determiners"])
            ):
                break
            if after == "and" and any(x in _SAYS for x in w[m + 2 : min(m + 9, limit)]):
                break
            if (
                after in ("he", "she", "they")
                and m + 2 < limit
                and w[m + 2] in ("said", "says", "added", "adds", "wrote")
            ):
                break
        elif word == QUOTE and m + 1 < limit and w[m + 1].endswith("ing") and st.text[st.e[m] - 2] in ",.":
            m += 1
            break
        elif word == QUOTE and m + 1 < limit and st.capital(m + 1) and _full_stop(st, m):
            # the splitter takes a name and a verb of saying after a closing mark for the end of the sentence
            m += 1
            break
        elif (
            word in ("and", "but")
            and m > k + 1
            and m + 2 < limit
            and _tensed_cue(st, m + 1)
            and w[m - 1] not in st.lex.verbs
        ):
            break
        m += 1
    return st.final(m, k)


def _only_verb(st: Stream, m: int) -> bool:
    """Whether token m is a past form of a cue with a clause, and in lower case: "concluded", "found"."""
    cues = st.lex.verbs.get(st.w[m], ())
    return not st.capital(m) and any(PAST in c.forms and "that" in c.frames for c in cues)


def _full_stop(st: Stream, m: int) -> bool:
    """Whether the quotation at token m ends with a full stop inside its marks."""
    return st.text[st.s[m] : st.e[m]][:-1].rstrip().endswith(".")


def _tensed_cue(st: Stream, m: int) -> bool:
    """Whether token m can only be a finite cue of the author's own ("and blamed", "and says"), with something after."""
    cues = st.lex.verbs.get(st.w[m], ())
    if not any(c.forms & {PAST, THIRD} and c.grade != "C" and not c.particle for c in cues):
        return False
    return (
        st.w[m + 1] in ("that", "to")
        or st.w[m + 1] in st.lex.words["determiners"]
        or st.capital(m + 1)
        or st.w[m + 1] == QUOTE
        or (st.w[m + 1] in st.lex.words["clause_subjects"] and any(c.grade == "A" for c in cues))
    )


def clause_start(st: Stream, lo: int, hi: int) -> int:
    """Where a content that ends at token hi begins: after a quotation, a semicolon or an opening conjunction."""
    w = st.w
    start = lo
    for m in range(max(lo, hi - MAX_CONTENT), hi):
        if (
            w[m] == QUOTE
            and m < hi - 1
            and m > lo - 1
            and w[m + 1] not in st.lex.words["attach"]
            and m + 1 < hi
            and st.capital(m + 1)
        ) or w[m] == ";":
            start = m + 1
    while start < hi and (w[start] in ("and", "but", ",") or w[start] in _DASHES):
        start += 1
    # longer than any statement: a text without sentence ends
    return start if hi - start <= MAX_CONTENT else hi


def is_clause(st: Stream, lo: int, hi: int) -> bool:
    """Whether tokens [lo, hi) can be a statement of their own: long enough, with a verb, not an opening adverbial."""
    if hi - lo < 3:
        return False
    opening = st.w[lo]
    if opening in st.lex.words["openings"]:
        return False
    if opening in st.lex.words["attach"] or opening in ("during", "following", "further"):
        # an opening adverbial is no statement: what follows its comma must be one
        commas = [m for m in range(lo, hi) if st.w[m] == ","]
        return any(hi - m > 3 and st.w[m + 1] not in st.lex.words["attach"] and st.finite(m + 1, hi) for m in commas)
    return st.finite(lo, hi)


def halved(st: Stream, lo: int, hi: int, k: int) -> bool:
    """Whether an attribution stands between a subject [lo, hi) and its verb after the comma at k ("The road, X said,
    was open")."""
    finite = st.lex.words["finite"]
    return lo < hi and k + 1 < len(st.w) and st.w[k] == "," and st.w[k + 1] in finite and not st.finite(lo, hi)


def add_content(st: Stream, one: Attribution, lo: int, hi: int) -> None:
    hi = st.final(hi, lo)
    if hi <= lo:
        return
    one.content.append(span_of(st, lo, hi))
    one.parts.extend(st.quote_at[m] for m in range(lo, hi) if st.w[m] == QUOTE)


def second_half(st: Stream, one: Attribution, k: int, hi: int) -> None:
    """CONTENT, X said, CONTENT: adds what follows the attribution, if it goes on with the statement."""
    w = st.w
    if k + 3 >= hi or w[k] != ",":
        return
    after = w[k + 1]
    if st.starts_participle(k + 1) or after in st.lex.words["no_halves"]:
        return
    end = content_end(st, k + 1, hi)
    if end - (k + 1) >= 2:
        add_content(st, one, k + 1, end)


def fill_right(st: Stream, one: Attribution, right: Right, hi: int) -> bool:
    """Sets the content right of the cue. False where nothing is left of it."""
    w = st.w
    one.addressee = source_span(st, right.addressee) if right.addressee else None
    k = right.at
    if right.kind == "quote" or (right.kind == "that" and k + 1 < hi and w[k + 1] == QUOTE):
        q = k if right.kind == "quote" else k + 1
        after = w[q + 1] if q + 1 < hi else ""
        alone = after == "" or not st.word(q + 1) or after in st.lex.words["after_quotes"]
        if alone:
            one.rule = "source-cue-quote"
            one.right = [st.quote_at[q]]
            # said "one thing" and "another"
            m = q + 1
            if m < hi and w[m] == ",":
                m += 1
            if m + 1 < hi and w[m] == "and" and w[m + 1] == QUOTE:
                one.right.append(st.quote_at[m + 1])
            elif m + 2 < hi and w[m] == "and" and w[m + 1] == "that" and w[m + 2] == QUOTE:
                one.right.append(st.quote_at[m + 2])
            return True
        if right.kind == "quote":
            one.rule = "source-cue-clause" if one.grade == "A" else "source-cue-object"
    end = content_end(st, k, hi)
    if end <= k or (right.kind in ("that", "question") and end == k + 1):
        return False
    add_content(st, one, k, end)
    return bool(one.content)


def attribute(
    st: Stream, i: int, k: int, group: int, cue: Cue, subject: tuple[int, int] | None, rule: str
) -> Attribution:
    return Attribution(
        cue=span_of(st, group, k),
        cue_class=cue.cue_class,
        grade=cue.grade,
        lemma=cue.lemma,
        source=source_span(st, subject) if subject else None,
        rule=rule,
        at=i,
        source_tokens=subject,
    )
