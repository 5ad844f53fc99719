"""Quotations: what is said in marks and without, who is said to say it, and by which rule.

`find_quotes` pairs the marks (`find.marks`), reads the attributions of each paragraph (`find.indirect`) and joins the
two by an ordered sieve; the name of the rule that fired is in every row:

    quote-source-cue       "...", X said                    quote-cue-source      "...", said X
    quote-dash-source-cue  "...". – X said                  source-cue-quote      X said: "..."
    according-to-quote     according to X, "..."            colon-quote           X: "..."
    noun-quote             X's statement: "..."             passive-quote         was asked by X, "..."
    split-quote            "...", X said, "..."             quoted-part           X said it was "..."
    continued-quote        a later paragraph of one quotation
    following-quote        a quotation after an attributed one, with no other voice between
    preceding-quote        a quotation before one
    nested-quote           inside another quotation         quoted-heading        a heading in marks
    unattributed-quote     none of these: speaker empty, reason in the omissions

Short strings in marks that no cue governs are irony, names and titles; they are left out with their reason.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import ahocorasick

from newspkg.body import OWN, Body
from newspkg.find.cues import Lexicon, lexicon
from newspkg.find.indirect import Attribution, attributions
from newspkg.find.known import shipped
from newspkg.find.marks import Pair, pair_marks
from newspkg.find.model import OmissionFinding, QuoteFinding, Span
from newspkg.find.phrases import QUOTE, Stream
from newspkg.find.scare import SPEECH_END, Said, sort_out

__all__ = ["find_quotes"]

# attributions that come after their quotation, so that one before it may wait for them too
_AFTERWARDS = frozenset(("quote-source-cue", "quote-cue-source", "preceding-quote"))
# "NAIROBI, March 14, 2031 (Reuters) - ": a place in capitals, up to a dash that a new sentence follows
_DATELINE = re.compile(
    r"\s*(?=[A-ZÀ-Þ]{3})[A-ZÀ-Þ .'/-]{3,40}(?:, [A-Z][A-Za-z0-9 .,]{1,40})?"
    r"(?: ?\([A-Za-z][A-Za-z ./]{1,30}\))? ?(?:[–—―]|--?) (?=[A-ZÀ-Þ\"“‘'])"
)


@dataclass(slots=True, eq=False)
class _Paragraph:
    block: int
    kind: str
    stream: Stream
    found: list[Attribution] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # the tokens of the cues


def find_quotes(body: Body) -> tuple[list[QuoteFinding], list[OmissionFinding]]:
    """Direct, indirect and mixed quotations of a text, and the marks that are none; both sorted by place.

    A direct quotation spans what stands between its marks, as written. An indirect one spans its content clause, "that"
    included, closing punctuation not. A mixed one is a content clause with words in marks, which are rows of kind
    direct themselves and point to it by `nested_in`. Never raises on text.
    """
    return _Search(body, lexicon()).run()


class _Search:
    def __init__(self, body: Body, lex: Lexicon) -> None:
        self.text = body.article.text
        self.body = body
        self.lex = lex
        self.quotes: list[QuoteFinding] = []
        self.omissions: list[OmissionFinding] = []
        self.said: list[Said] = []
        self.paragraphs: list[_Paragraph] = []
        self.groups = 0
        self.inside: list[tuple[QuoteFinding, QuoteFinding | int]] = []  # a row, and the row or quotation around it
        self.row_of: dict[int, QuoteFinding] = {}  # number of a quotation -> its row
        self.ironic = False
        self.chains: dict[int, list[Said]] = {}  # the paragraphs of one quotation
        self.inner: dict[int, dict[int, Attribution]] = {}
        self.echoes: dict[str, tuple[int, int]] | None = None

    def run(self) -> tuple[list[QuoteFinding], list[OmissionFinding]]:
        blocks = [(n, b.start, b.end) for n, b in enumerate(self.body.blocks) if b.kind in OWN]
        pairing = pair_marks(self.text, blocks)
        for mark in pairing.odd:
            reason = f"no partner for the mark {self.text[mark.start : mark.end]} in its paragraph"
            self.omissions.append(OmissionFinding(mark.start, mark.end, "unbalanced_mark", reason))
        self.said, self.ironic = sort_out(self.text, self.body.blocks, pairing.pairs, self.lex)
        self._read(blocks)
        for paragraph in self.paragraphs:
            paragraph.found = attributions(paragraph.stream)
            for one in paragraph.found:
                one.block = paragraph.block
                paragraph.places.append(one.at)
        for number, paragraph in enumerate(self.paragraphs):
            self._join(paragraph, self.paragraphs[number + 1] if number + 1 < len(self.paragraphs) else None)
        self._chains()
        self._colons()
        self._floating()
        self._clauses()
        self._rest()
        return self._finish()

    # --- streams ---------------------------------------------------------------------------------------------

    def _read(self, blocks: list[tuple[int, int, int]]) -> None:
        starts: dict[int, list[int]] = {}
        for sentence in self.body.sentences:
            starts.setdefault(sentence.block, []).append(sentence.start)
        masked: dict[int, list[tuple[int, int, int]]] = {}
        for number, said in enumerate(self.said):
            pair = said.pair
            inside = pair.parent is not None and self._masked_above(pair.parent)
            if said.strong and not inside:
                masked.setdefault(pair.block, []).append((pair.outer_start, pair.outer_end, number))
        for index, low, high in blocks:
            dateline = _DATELINE.match(self.text, low, min(high, low + 120))
            low = dateline.end() if dateline else low  # place, day and agency are nobody's words
            stream = Stream(self.text, low, high, masked.get(index, ()), starts.get(index, ()), self.lex)
            self.paragraphs.append(_Paragraph(index, self.body.blocks[index].kind, stream))

    def _masked_above(self, number: int | None) -> bool:
        while number is not None:
            if self.said[number].strong:
                return True
            number = self.said[number].pair.parent
        return False

    # --- the sieve -------------------------------------------------------------------------------------------

    def _give(self, number: int, one: Attribution, rule: str, group: int | None = None) -> None:
        said = self.said[number]
        if group is None:
            self.groups += 1
            group = self.groups
        said.attribution, said.rule, said.group, said.addressee = one, rule, group, one.addressee

    def _join(self, paragraph: _Paragraph, following: _Paragraph | None) -> None:
        for one in paragraph.found:
            if one.left is not None:
                self._give(one.left, one, one.left_rule)
        for one in paragraph.found:
            if one.left is not None:
                for number in one.right:
                    if self.said[number].attribution is None:
                        self._give(number, one, "split-quote", self.said[one.left].group)
                continue
            group: int | None = None
            for number in one.right:
                if self.said[number].attribution is None:
                    self._give(
                        number,
                        one,
                        one.rule
                        if one.rule in self.lex.confidence and one.rule.endswith("-quote")
                        else "source-cue-quote",
                        group,
                    )
                    group = self.said[number].group
            if one.open_end and following is not None and following.stream.w[:1] == [QUOTE]:
                number = following.stream.quote_at[0]
                if self.said[number].attribution is None:
                    self._give(number, one, "source-cue-quote")

    def _chains(self) -> None:
        """The paragraphs of one quotation share what is known of any of them."""
        for said in self.said:
            if said.pair.chain is not None:
                self.chains.setdefault(said.pair.chain, []).append(said)
        for pieces in self.chains.values():
            lead = next((p for p in pieces if p.attribution is not None), None)
            if lead is None:
                self.groups += 1
            for piece in pieces:
                if lead is None:
                    piece.group = self.groups
                elif piece.attribution is None:
                    piece.attribution, piece.rule = lead.attribution, "continued-quote"
                    piece.group, piece.addressee = lead.group, lead.addressee

    def _colons(self) -> None:
        """X: "..." where a name alone stands before the colon."""
        for paragraph in self.paragraphs:
            st = paragraph.stream
            for token, number in st.quote_at.items():
                if self.said[number].attribution is not None or token < 2 or st.w[token - 1] != ":":
                    continue
                lo = st.sentence(token - 1)[0]
                source = self._label(st, lo, token - 1) or self._announcer(st, lo, token - 1)
                if source is None:
                    continue
                colon = Span(st.s[token - 1], st.e[token - 1])
                span = Span(st.s[source[0]], st.e[source[1] - 1])
                self._give(
                    number, Attribution(colon, "neutral", "A", ":", span, "colon-quote", token - 1), "colon-quote"
                )

    def _label(self, st: Stream, lo: int, colon: int) -> tuple[int, int] | None:
        """The name that is all there is in [lo, colon), as tokens."""
        source = st.phrase_left(colon - 1, lo)
        if source is None or source[0] != lo or not st.capital(lo) or source[1] - source[0] > 8:
            return None
        named = all(st.capital(k) or st.w[k] in ("of", "the", "and") or not st.word(k) for k in range(*source))
        return source if named else None

    def _announcer(self, st: Stream, lo: int, colon: int) -> tuple[int, int] | None:
        """The name at the head of a short clause that names nothing else (Pran did not mince words: "...")."""
        end = lo
        while end < colon and st.word(end) and st.capital(end):
            end += 1
        rest = range(end, colon)
        if end - lo < 2 or not 2 <= len(rest) <= 8 or st.possessive(end - 1) or not st.finite(end, end + 1):
            return None
        words = self.lex.words
        plain = all(st.word(k) and not st.capital(k) and st.w[k] not in words["attach"] for k in rest)
        written = any(st.w[k] in self.lex.nouns or st.w[k] in words["people"] or st.w[k] == "by" for k in rest)
        institutions = shipped().words["institutions"]
        name = self.text[st.s[end - 1] : st.e[end - 1]]
        return (lo, end) if plain and not written and name not in institutions else None

    def _floating(self) -> None:
        """Quotations that stand alone beside an attributed one, in the same or the previous paragraph."""
        before: Said | None = None  # the last quotation of the paragraph before, if that ended with it
        for paragraph in self.paragraphs:
            st = paragraph.stream
            tokens = sorted(st.quote_at)
            last: tuple[int, Said] | None = None
            for token in tokens:
                said = self.said[st.quote_at[token]]
                if said.attribution is None and self._stands_alone(st, token, said):
                    # an attribution after the quotation reaches to its own sentence
                    if last is not None and st.sent[token] - last[0] <= 1:
                        self._inherit(said, last[1], "following-quote", same=True)
                    elif (spoken := self._speech_before(paragraph, token)) is not None:
                        self._give(st.quote_at[token], spoken, "following-speech")
                        for piece in self.chains.get(said.pair.chain or 0, ()):
                            if piece is not said:
                                self._give(piece.number, spoken, "continued-quote", said.group)
                    elif token == 0 and before is not None:
                        self._inherit(said, before, "following-quote", same=False)
                if (said.attribution is not None and said.rule != "source-cue-quote") or (
                    said.attribution is not None and self._stands_alone(st, token, said)
                ):
                    cue_sentence = (
                        st.sent[said.attribution.at] if said.attribution.block == paragraph.block else st.sent[token]
                    )
                    last = (max(st.sent[token], cue_sentence), said)
            following: tuple[int, Said] | None = None
            for token in reversed(tokens):
                said = self.said[st.quote_at[token]]
                near = following is not None and following[0] - st.sent[token] <= 1
                waits = said.attribution is None and near and self._stands_alone(st, token, said)
                if waits and following is not None and following[1].rule in _AFTERWARDS:
                    self._inherit(said, following[1], "preceding-quote", same=True)
                if said.attribution is not None:
                    following = (st.sent[token], said)
            ends = last is not None and bool(st.w) and st.sent[-1] - last[0] <= 0
            before = last[1] if ends and last is not None else None

    def _speech_before(self, paragraph: _Paragraph, token: int) -> Attribution | None:
        """The last attribution of the sentence before a quotation (He was sure, Pran said. "We will win.")."""
        st = paragraph.stream
        sentence = st.sent[token] - (1 if st.sentence(token)[0] == token else 0)
        if sentence < 0:
            return None
        low, high = st.bounds[sentence]
        places = paragraph.places
        last = paragraph.found[bisect_left(places, low) : bisect_left(places, min(high, token))]
        sources = {a.source for a in last if a.grade in self.lex.govern_grades and a.source is not None}
        return next((a for a in reversed(last) if a.source is not None), None) if len(sources) == 1 else None

    def _stands_alone(self, st: Stream, token: int, said: Said) -> bool:
        """Whether a quotation is a sentence of its own, not a fragment in the author's."""
        if token > 0 and st.w[token - 1] not in (QUOTE, ".", "!", "?", "…"):
            return False
        if token + 1 < len(st.w) and st.word(token + 1) and st.text[st.s[token + 1]].islower():
            return False
        inner = self.text[said.pair.start : said.pair.end].strip()
        return inner[:1].isupper() or inner[-1:] in SPEECH_END or not inner[:1].isalpha()

    def _inherit(self, said: Said, neighbour: Said, rule: str, *, same: bool) -> None:
        if neighbour.attribution is None:
            return
        self._give(said.number, neighbour.attribution, rule, neighbour.group if same else None)
        for piece in self.chains.get(said.pair.chain or 0, ()):
            if piece is not said:
                self._give(piece.number, neighbour.attribution, "continued-quote", said.group)

    def _clauses(self) -> None:
        """Rows for indirect and mixed speech, and for the quoted parts of the latter."""
        weak: dict[int, list[Said]] = {}
        for said in self.said:
            if not said.strong and said.reason[:1].isdigit() and not self._masked_above(said.pair.parent):
                weak.setdefault(said.pair.block, []).append(said)
        for paragraph in self.paragraphs:
            for one in paragraph.found:
                if not one.content:
                    continue
                self._clause(one, weak.get(paragraph.block, []))

    def _clause(self, one: Attribution, weak: Sequence[Said]) -> None:
        governs = one.lemma not in self.lex.govern_never
        parts = [self.said[n] for n in one.parts if self.said[n].attribution is None and governs]
        if governs and one.grade in self.lex.govern_grades:
            # in a text full of irony a word or two are the author's, unless a verb of saying stands before them
            least = 3 if self.ironic and one.grade != "A" else 1
            for span in one.content:
                first = bisect_left(weak, span.start, key=lambda x: x.pair.outer_start)
                for n in range(first, len(weak)):
                    said = weak[n]
                    if said.pair.outer_end > span.end:
                        break
                    if said.attribution is None and said.words >= least:
                        parts.append(said)
        self.groups += 1
        group = self.groups
        confidence = self.lex.confidence[one.rule] * self.lex.grade[one.grade]
        rows: list[QuoteFinding] = []
        for span in one.content:
            rule = one.rule if not rows else "split-clause"
            rows.append(
                QuoteFinding(
                    span.start, span.end, "mixed" if parts else "indirect", group, 0, rule, round(confidence, 2),
                    one.source, one.cue, one.cue_class, one.addressee,
                )
            )  # fmt: skip
        self.quotes += rows
        for said in parts:
            self._give(said.number, one, "quoted-part")
            said.inside = next((r for r in rows if r.start <= said.pair.start and said.pair.end <= r.end), rows[0])

    # --- what is left ----------------------------------------------------------------------------------------

    def _rest(self) -> None:
        text = self.text
        for said in self.said:
            pair = said.pair
            if said.attribution is not None:
                self._row(said, said.attribution, said.rule)
                continue
            if not said.strong:
                self.omissions.append(OmissionFinding(pair.start, pair.end, "scare_quote", said.reason))
                continue
            if self._masked_above(pair.parent):
                self._nested(said)
                continue
            inner = text[pair.start : pair.end].strip()
            kind = self.body.blocks[pair.block].kind
            if kind != "paragraph" and said.words > self.lex.scare["short"]:
                if self._repeated(inner, pair):
                    reason = "a heading that repeats words of the text"
                    self.omissions.append(OmissionFinding(pair.start, pair.end, "scare_quote", reason))
                    continue
                self._row(said, None, "quoted-heading")
            elif said.words <= self.lex.scare["short"] and pair.chain is None:
                reason = f"{said.words} {'word' if said.words == 1 else 'words'} without a cue"
                self.omissions.append(OmissionFinding(pair.start, pair.end, "scare_quote", reason))
                continue
            elif (
                self.ironic
                and said.words <= self.lex.scare["fragment"]
                and inner[:1].islower()
                and inner[-1:].isalnum()
            ):
                reason = "a fragment without a cue in a text full of such marks"
                self.omissions.append(OmissionFinding(pair.start, pair.end, "scare_quote", reason))
                continue
            else:
                self._row(said, None, "unattributed-quote")
            self.omissions.append(
                OmissionFinding(pair.start, pair.end, "ambiguous_speaker", "no speaker is named beside the quotation")
            )

    def _repeated(self, inner: str, pair: Pair) -> bool:
        bare = inner.rstrip(".,!?…; ")
        if self.echoes is None:
            self.echoes = self._find_echoes()
        first, last = self.echoes.get(bare, (pair.start, pair.start))
        return not (pair.start <= first < pair.end and pair.start <= last < pair.end)

    def _find_echoes(self) -> dict[str, tuple[int, int]]:
        """Where the words of each heading in marks stand first and last; one pass over the text for all of them."""
        automaton = ahocorasick.Automaton()
        for said in self.said:
            if said.strong and self.body.blocks[said.pair.block].kind != "paragraph":
                bare = self.text[said.pair.start : said.pair.end].strip().rstrip(".,!?…; ")
                if bare:
                    automaton.add_word(bare, bare)
        found: dict[str, tuple[int, int]] = {}
        if len(automaton):
            automaton.make_automaton()
            for end, bare in automaton.iter(self.text):
                start = end + 1 - len(bare)
                found[bare] = (found.get(bare, (start, start))[0], start)
        return found

    def _nested(self, said: Said) -> None:
        """A quotation inside another: its speaker is looked for among the words of the outer one."""
        outer_number = said.pair.parent
        while outer_number is not None and not self.said[outer_number].strong:
            outer_number = self.said[outer_number].pair.parent
        if outer_number is None or (said.pair.odd and said.words <= self.lex.scare["fragment"]):
            return
        one = self._inner(outer_number).get(said.number)
        if one is None and said.words <= self.lex.scare["short"]:
            reason = f"{said.words} {'word' if said.words == 1 else 'words'} without a cue inside a quotation"
            self.omissions.append(OmissionFinding(said.pair.start, said.pair.end, "scare_quote", reason))
            return
        self._row(said, one, "nested-quote")
        if one is None:
            reason = "no speaker is named inside the outer quotation"
            self.omissions.append(OmissionFinding(said.pair.start, said.pair.end, "ambiguous_speaker", reason))

    def _inner(self, outer_number: int) -> dict[int, Attribution]:
        """The attributions among the words of a quotation, by the number of the quotation inside it."""
        if outer_number not in self.inner:
            outer = self.said[outer_number].pair
            masked: list[tuple[int, int, int]] = []
            for n in range(outer_number + 1, len(self.said)):
                said = self.said[n]
                if said.pair.outer_start >= outer.end:
                    break
                if said.strong and (not masked or said.pair.outer_start >= masked[-1][1]):
                    masked.append((said.pair.outer_start, said.pair.outer_end, said.number))
            stream = Stream(self.text, outer.start, outer.end, masked, (), self.lex)
            found: dict[int, Attribution] = {}
            for one in attributions(stream):
                for number in (one.left, *one.right, *one.parts):
                    if number is not None:
                        found.setdefault(number, one)
            self.inner[outer_number] = found
        return self.inner[outer_number]

    def _row(self, said: Said, one: Attribution | None, rule: str) -> None:
        if said.group == 0:
            self.groups += 1
            said.group = self.groups
        inherited = rule in ("following-quote", "preceding-quote", "following-speech") or (
            rule == "continued-quote" and self._lead_inherited(said)
        )
        row = QuoteFinding(
            said.pair.start, said.pair.end, "direct", said.group, 0, rule, self.lex.confidence[rule],
            one.source if one else None,
            None if one is None or inherited else one.cue,
            None if one is None or inherited else one.cue_class,
            None if one is None or inherited else said.addressee,
        )  # fmt: skip
        self.quotes.append(row)
        if said.inside is not None:
            self.inside.append((row, said.inside))
        elif said.pair.parent is not None:
            self.inside.append((row, said.pair.parent))
        self.row_of[said.number] = row

    def _lead_inherited(self, said: Said) -> bool:
        lead = self.chains[said.pair.chain or 0][0]
        return lead.rule in ("following-quote", "preceding-quote", "following-speech")

    def _finish(self) -> tuple[list[QuoteFinding], list[OmissionFinding]]:
        order = {"direct": 0, "mixed": 1, "indirect": 2}
        spans: set[tuple[int, int]] = set()
        starts: set[int] = set()
        quotes: list[QuoteFinding] = []
        # a clause that two cues claim from the same place on is one row, the surer one: groups are named by their start
        for row in sorted(self.quotes, key=lambda q: (q.start, order[q.kind], -q.confidence, q.end)):
            if row.end <= row.start or (row.start, row.end) in spans or (row.kind != "direct" and row.start in starts):
                continue
            spans.add((row.start, row.end))
            starts.add(row.start)
            quotes.append(row)
        quotes.sort(key=lambda q: (q.start, q.end))
        index = {id(row): n for n, row in enumerate(quotes)}
        pieces: Counter[int] = Counter()
        for row in quotes:
            pieces[row.group] += 1
            row.piece = pieces[row.group]
        for row, around in self.inside:
            outer = self.row_of.get(around) if isinstance(around, int) else around
            if outer is not None:
                row.nested_in = index.get(id(outer))
        self.omissions.sort(key=lambda o: (o.start, o.end, o.kind))
        return quotes, self.omissions
