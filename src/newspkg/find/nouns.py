"""Nouns that name an event: whether they do here, by which names, date or verb, and in which role the names are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newspkg.find.clauses import Clause, Line
from newspkg.find.model import MentionFinding, Span
from newspkg.find.nounphrases import NounPhrase
from newspkg.find.roles import Noticed, acts, add, between_names, clause_time, governed, place_of, subject
from newspkg.find.triggers import BASE, DEFINITE, ING, PART, PAST, PREP, PRON, THIRD, Noun
from newspkg.find.verbgroups import Group, verb_group

__all__ = ["notice"]

_RIGHT = 30
_NAMED = re.compile(r"(?:\d+|[a-z]+)-(?:day|hour|week|month|year)s?")
_MANY = frozenset(("trilateral", "tripartite", "quadrilateral", "four-way", "three-way", "multilateral"))
_AGENTS = {
    "mediated": "mediator",
    "brokered": "mediator",
    "facilitated": "mediator",
    "hosted": "host",
    "organised": "host",
    "organized": "host",
    "attended": "participant",
    "signed": "participant",
    "concluded": "participant",
    "reached": "participant",
}


def notice(line: Line, i: int, mentions: Sequence[MentionFinding]) -> Noticed | None:
    """The event that the noun at token i names, or None."""
    for noun, plural in line.words[i].nouns:
        first = i - len(noun.front)
        if noun.front and (first < 0 or tuple(line.w[first:i]) != noun.front):
            continue
        return _read(line, noun, plural, first, i, mentions)
    return None


def roles_of_front(roles: list[tuple[str, int]], noun: Noun) -> bool:
    """Whether a name before the noun already has the noun's first role."""
    return any(role == noun.gen for role, _ in roles)


def _is_noun(line: Line, i: int, phrase: NounPhrase) -> bool:
    """Whether the word at i, which may be a verb too, is used as a noun."""
    forms = line.words[i].forms
    if not forms:
        return True
    if forms & THIRD and between_names(line, i, i):
        return False
    p = phrase.start - 1
    bare = phrase.start == i
    if bare and p >= 0 and (line.auxiliary(p) or line.w[p] in ("to", "not") or line.k[p] & PRON):
        # "to visit Tavra" is a verb, "prior to talks" a noun
        verb = line.w[p] != "to" or (bool(forms & BASE) and (line.object_word(i + 1) or not line.w[i].endswith("s")))
        return not verb
    if bare and forms & ING and line.object_word(i + 1) and not (i + 1 < line.n and line.fin[i + 1]):
        return False  # "after meeting Maro"
    return not (bare and forms & (PAST | PART))


def _read(
    line: Line, noun: Noun, plural: bool, first: int, i: int, mentions: Sequence[MentionFinding]
) -> Noticed | None:
    w, k, lex = line.w, line.k, line.lex
    clause = line.clauses[line.of[i]]
    if line.men[i] >= 0 or (
        line.capital(i) and i + 1 < line.n and line.capital(i + 1) and line.men[i + 1] < 0 and i > clause.lo
    ):
        return None  # part of a name
    after = w[i + 1] if i + 1 < line.n else ""
    if after in lex.sets["after_noun"] or (
        after
        and i + 1 < line.n
        and line.words[i + 1].nouns
        and line.tim[i + 1] < 0
        and not line.fin[i + 1]
        and after not in ("agreement", "deal", "accord", "pact")
    ):
        return None
    if (
        i + 1 < line.n
        and line.words[i + 1].nouns
        and after in ("agreement", "deal", "accord", "pact")
        and noun.mode != "ceasefire"
    ):
        return None
    phrase = NounPhrase(line, first, clause.lo)
    if not noun.front and not _is_noun(line, i, phrase):
        return None
    if noun.type == "AGREE" and phrase.adjectives & {"ceasefire", "cease-fire", "armistice", "truce"}:
        return None  # the ceasefire itself is the event
    last = i
    if noun.mode == "ceasefire" and after in ("agreement", "deal", "accord", "pact"):
        last = i + 1
    tail = set(w[last + 1 : last + 7]) | phrase.adjectives
    tailed = not noun.tail or bool(noun.tail & tail)

    end, predicate = _reach(line, last + 1, clause)
    roles: list[tuple[str, int]] = []
    place = _front_names(line, noun, phrase, mentions, roles)
    peoples = [(noun.gen, Span(*piece)) for piece in phrase.peoples] if noun.gen else []
    for prep, at, index in governed(line, last + 1, end, mentions):
        if prep.startswith("@"):
            add(roles, prep[1:], index)
        elif prep == "by":
            add(roles, _AGENTS.get(w[at - 1]) or noun.preps.get("by", ""), index)
        elif prep == "of":
            add(roles, noun.of, index)
        elif prep in noun.preps:
            add(roles, noun.preps[prep], index)
    tied = bool(roles or peoples)
    owner = {"his": 1, "her": 1, "its": 1, "their": 1}.get(phrase.det, 0)
    if owner and not roles_of_front(roles, noun):
        above = line.clauses[clause.up] if clause.up >= 0 and clause.fin >= clause.hi else clause
        whose = subject(line, above, min(above.hi, first), mentions)
        if len(whose) == 1:
            add(roles, noun.gen, whose[0])
            tied = True
    maker, maker_role, group = _maker(line, phrase, clause, noun)
    told: Group | None = None
    if maker >= 0:
        for index in subject(line, clause, group.start if group else maker, mentions):
            role = maker_role
            if group and group.passive:
                continue
            if role == "initiator" and (noun.gen == "participant" or noun.type == "AGREE"):
                role = "participant"
            if role == "participant" and noun.mode == "visit":
                role = "initiator"
            add(roles, role, index)
        before = line.clauses[line.of[i] - 1].lo if line.of[i] else clause.lo
        if w[before] not in _AGENTS:
            before = clause.lo
        for prep, at, index in governed(
            line, before, maker, mentions
        ):  # "mediated by Estvik, the two agreed to a ceasefire"
            if prep == "by" and w[at - 1] in _AGENTS:
                add(roles, _AGENTS[w[at - 1]], index)
    elif predicate >= 0:
        told, maker = _happening(line, predicate, clause)
        group = told
        if told is None:
            maker = -1
        else:
            for prep, at, index in governed(line, maker + 1, clause.hi, mentions):
                if prep == "by":
                    add(roles, _AGENTS.get(w[at - 1]) or noun.preps.get("by", ""), index)
    elif (
        noun.type == "CONSULT"
        and phrase.start
        and w[phrase.start - 1] in ("at", "during", "in")
        and any(role == "participant" for role, _ in roles)
    ):
        for index in subject(line, clause, clause.fin, mentions):  # "at the meeting with Maro, Oruen said"
            if line.first[index] > last:
                add(roles, "participant", index)
    made = maker >= 0
    if place is None:
        place = place_of(line, last + 1, end if not told else clause.hi, i, mentions)
    if place is None and made:
        place = place_of(line, clause.lo, clause.hi, i, mentions)
    if place is None and noun.of == "target":
        there = [index for role, index in roles if role == "target" and mentions[index].reading == "place"]
        place = there[0] if there else None
    if noun.mode == "visit":
        hosts = [index for role, index in roles if role == "host" and mentions[index].reading == "place"]
        place = hosts[0] if hosts else place
    time = phrase.time if phrase.time is not None else _attached_time(line, last + 1, end)
    if time is None and made:
        time = clause_time(line, clause.lo, clause.hi, i)
    if time is None:
        time = _relative_time(line, clause, last, end)
    named = _name(line, first, i, phrase)
    definite = bool(phrase.det) and bool(
        k[w.index(phrase.det, phrase.start)] & DEFINITE if phrase.det in w[phrase.start : i] else False
    )
    if group and (group.frequent or (group.weak and time is None)):
        return None
    unreal = not made and _unreal(line, phrase, definite or (tied and phrase.det != "a"))
    if unreal and (time is None or noun.type != "CONSULT"):
        return None
    if (
        noun.joint
        and not (noun.joint & (phrase.adjectives | set(w[last + 1 : last + 4])))
        and not (time is not None and len(roles) > 1)
    ):
        return None
    after_it = (
        phrase.start > 0 and w[phrase.start - 1] in ("after", "following", "during") and phrase.det not in ("a", "any")
    )
    by_agent = any(role in ("mediator", "host") for role, _ in roles)
    fresh = tailed and _accept(
        noun,
        plural,
        phrase,
        [*roles, *((role, -1) for role, _ in peoples)],
        tied,
        made or by_agent,
        time,
        place,
        named,
        definite,
        group,
        after_it,
    )
    if not fresh:
        if not tailed and not made:
            return None
        if phrase.adjectives - lex.sets["plain_adjectives"] - set(noun.front) - noun.tail - noun.joint:
            return None  # described, so another one than the one told
        if not (
            definite
            and not phrase.names
            and not roles
            and not peoples
            and phrase.det in ("the", "this", "these", "those")
        ) or (noun.type in ("COERCE", "SANCTION", "AID") and noun.mode != "restrict"):
            return None
        if phrase.adjectives & lex.sets["unreal_adjectives"]:
            return None
    if noun.type in ("AID", "SANCTION", "COOPERATE") and all(role != "target" for role, _ in roles):
        return None
    status, tense = _status(line, phrase, group, clause)
    if status == "hypothetical" and time is None and len(roles) < 2:
        return None
    mode = _mode(noun, phrase, roles)
    if named and fresh:
        rule, confidence = f"named.{named}", lex.confidence["named"]
    elif definite and time is None and phrase.det in ("the", "this", "these", "those", "his", "her", "its", "their"):
        rule, confidence = f"definite.{noun.lemma}", lex.confidence["definite"]
    else:
        kind = "told" if told else "made" if made else "noun"
        rule, confidence = f"{kind}.{noun.lemma}", lex.confidence["noun"]
    return Noticed(
        first,
        last,
        line.of[i],
        noun.type,
        mode,
        status,
        tense,
        rule,
        confidence,
        roles,
        place,
        time,
        adjectives=peoples,
        maker=maker if made and not told else -1,
        start=phrase.start,
        definite=rule.startswith("definite."),
        would=bool(group and group.would),
    )


def _reach(line: Line, lo: int, clause: Clause) -> tuple[int, int]:
    """Where the company of a noun ends, and the finite verb it is the subject of (-1 for none)."""
    for j in range(lo, min(clause.hi, lo + _RIGHT)):
        if not line.fin[j]:
            if line.w[j] == "," and j + 1 < clause.hi and line.men[j + 1] < 0:
                return j, -1
            continue
        nxt = line.w[j + 1] if j + 1 < clause.hi else ""
        participle = line.words[j].forms & PART and not line.auxiliary(j)
        if participle and (
            nxt == "by"
            or (
                j + 1 < clause.hi
                and (line.tim[j + 1] >= 0 or line.k[j + 1] & PREP)
                and any(line.fin[j + 1 : clause.hi])
            )
        ):
            continue
        if (
            participle
            and nxt != "by"
            and j + 1 < clause.hi
            and line.tim[j + 1] >= 0
            and line.w[j] in ("dated", "scheduled", "planned")
        ):
            continue
        return j, j
    return min(clause.hi, lo + _RIGHT), -1


def _front_names(
    line: Line, noun: Noun, phrase: NounPhrase, mentions: Sequence[MentionFinding], roles: list[tuple[str, int]]
) -> int | None:
    """Gives the names before the head their role; returns the one that is the place ("the Tavra talks")."""
    place = None
    for index in phrase.names:
        a = line.first[index]
        position = next(p for p, (m, _, _) in enumerate(line.names) if m == index)
        b = line.names[position][2]
        mention = mentions[index]
        genitive = line.genitive(b)
        lone = len(phrase.names) == 1 and not genitive and line.e[b] == mention.end and (line.s[a] == mention.start)
        if mention.reading == "place" or (lone and mention.form == "metonym" and noun.type == "CONSULT"):
            place = index
        elif not line.modifier(position) or genitive or mention.form == "demonym":
            if (
                not genitive
                and not lone
                and line.modifier(position)
                and position + 1 < len(line.names)
                and line.names[position + 1][1] > b
                and line.names[position + 1][0] in phrase.names
                and not acts(line, position, mentions)
            ):
                continue
            add(roles, noun.gen, index)
    return place


def _maker(line: Line, phrase: NounPhrase, clause: Clause, noun: Noun) -> tuple[int, str, Group | None]:
    """The verb before the noun phrase that brings the event about, the role of its subject, and its verb group."""
    for v in range(phrase.start - 1, max(clause.lo, phrase.start - 4) - 1, -1):
        word = line.words[v]
        if line.men[v] >= 0 or line.tim[v] >= 0:
            break
        for _, particle, role, forms in word.light:
            if tuple(line.w[v + 1 : v + 1 + len(particle)]) != particle or v + len(particle) >= phrase.start:
                continue
            if any(not line.adverb(j) for j in range(v + 1 + len(particle), phrase.start)):
                continue
            if not (line.fin[v] or forms & ING or line.w[v - 1 : v] == ["to"]):
                continue
            group = verb_group(line, v, forms, clause.lo)
            if group is None:
                continue
            if role == "host" and noun.type != "CONSULT":
                role = "initiator"
            return v, role, group
        if line.fin[v]:
            break
    return -1, "", None


def _happening(line: Line, predicate: int, clause: Clause) -> tuple[Group | None, int]:
    """The verb group of "was held", "broke out", "took place" from the finite verb on, or None."""
    for v in range(predicate, min(clause.hi, predicate + 5)):
        for _, particle, forms in line.words[v].happens:
            if tuple(line.w[v + 1 : v + 1 + len(particle)]) == particle:
                group = verb_group(line, v, forms, clause.lo)
                return (group, v) if group is not None else (None, -1)
        if v > predicate and not (line.auxiliary(v) or line.adverb(v) or line.w[v] in ("to", "not")):
            break
    return None, -1


def _attached_time(line: Line, lo: int, hi: int) -> int | None:
    """A time behind the noun with no other event and no verb between."""
    for j in range(lo, min(hi, lo + 24)):
        if line.tim[j] >= 0:
            return None if line.w[j] in ("since", "until", "before", "after", "by") else line.tim[j]
        if line.words[j].nouns and line.men[j] < 0:
            return None
    return None


def _relative_time(line: Line, clause: Clause, last: int, end: int) -> int | None:
    """The time in "the meeting ..., which was held in May"."""
    number = line.of[last] + 1
    if end < clause.hi - 1 or number >= len(line.clauses):
        return None
    after = line.clauses[number]
    if after.kind != "relative" or line.w[after.lo] not in ("which", "that"):
        return None
    for v in range(after.lo, min(after.hi, after.lo + 6)):
        if line.words[v].happens:
            return clause_time(line, after.lo, after.hi, v)
    return None


def _name(line: Line, first: int, i: int, phrase: NounPhrase) -> str:
    """The proper name of a war ("four-day-war"), or ""."""
    if line.w[i] != "war" or first == 0:
        return ""
    before = line.w[first - 1]
    if _NAMED.fullmatch(before):
        return f"{before}-war"
    if (
        line.capital(i)
        and line.capital(first - 1)
        and line.men[first - 1] < 0
        and first - 1 >= phrase.start
        and before.isalpha()
        and len(before) > 3
    ):
        return f"{before}-war"
    return ""


def _unreal(line: Line, phrase: NounPhrase, sure: bool) -> bool:
    """Whether the noun is wished for, prepared or talked about, and not told."""
    if sure:
        return False
    unreal = line.lex.sets["unreal_verbs"]
    if phrase.adjectives & line.lex.sets["unreal_adjectives"]:
        return True
    return any(
        line.w[j] in unreal or line.w[j] in ("for", "without", "no")
        for j in range(max(line.clauses[line.of[phrase.start]].lo, phrase.start - 4), phrase.start)
    ) or phrase.det in ("no", "any")


def _accept(
    noun: Noun,
    plural: bool,
    phrase: NounPhrase,
    roles: list[tuple[str, int]],
    tied: bool,
    made: bool,
    time: int | None,
    place: int | None,
    named: str,
    definite: bool,
    group: Group | None,
    after_it: bool,
) -> bool:
    """Whether the noun has the company that makes it an event."""
    if named:
        return True
    present = group is not None and group.present
    if made and (tied or roles or time is not None) and not (present and time is None):
        return True
    if noun.grade == "C":
        return tied and time is not None
    if time is not None:
        return tied or definite or place is not None or bool(phrase.names) or phrase.time is not None or not plural
    people = len(roles) > 1
    if noun.grade == "B":
        return tied and definite and people
    if noun.grade == "A":
        if noun.type == "CONSULT" and place is not None and after_it:
            return True  # "after talks in Tavra"
        return (
            tied
            and (definite or people or not plural)
            and not (plural and not people)
            and phrase.det not in ("a", "any", "no")
        )
    return False


def _status(line: Line, phrase: NounPhrase, group: Group | None, clause: Clause) -> tuple[str, str | None]:
    sets = line.lex.sets
    scheduled = any(word in ("scheduled", "planned", "expected") for word in line.w[phrase.start : phrase.start + 14])
    if group is not None and not (scheduled and group.status == "actual"):
        status = "hypothetical" if clause.kind == "if" else group.status
        return status, group.tense
    if phrase.adjectives & sets["planned_adjectives"]:
        return "planned", "future"
    if phrase.det == "no":
        return "denied", None
    if scheduled:
        return "planned", "future"
    if clause.kind == "if":
        return "hypothetical", None
    return "actual", None


def _mode(noun: Noun, phrase: NounPhrase, roles: list[tuple[str, int]]) -> str | None:
    if noun.type != "CONSULT" or noun.mode is not None:
        return noun.mode
    if any(role == "mediator" for role, _ in roles):
        return "third-party"
    if phrase.adjectives & _MANY or len(roles) > 2:
        return "multilateral"
    return None
