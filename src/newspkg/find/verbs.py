"""Verbs that carry an event: which reading, which names in which role, and whether it is one event and not a habit."""

from __future__ import annotations

from collections.abc import Sequence

from newspkg.find.clauses import Clause, Line
from newspkg.find.model import MentionFinding
from newspkg.find.roles import (
    Noticed,
    acts,
    add,
    antecedent,
    between_names,
    clause_time,
    each_other,
    governed,
    place_of,
    subject,
)
from newspkg.find.triggers import BASE, DET, ING, PART, PAST, PREP, PRON, THIRD, Verb
from newspkg.find.verbgroups import Group, verb_group

__all__ = ["act"]

_SPAN = 14  # tokens in which the head of an object is looked for
_PERSONS = frozenset(("title_name", "surname"))


def act(line: Line, i: int, mentions: Sequence[MentionFinding]) -> Noticed | None:
    """The event that the verb at token i carries, or None."""
    clause = line.clauses[line.of[i]]
    for verb, forms in line.words[i].verbs:
        last = i + len(verb.particle)
        if verb.particle and tuple(line.w[i + 1 : last + 1]) != verb.particle:
            continue
        if not _is_verb(line, i, forms, last):
            return None
        group = verb_group(line, i, forms, clause.lo)
        if group is None or group.frequent or (group.weak and group.status == "denied"):
            continue
        seen = _read(line, i, last, verb, forms, group, clause, mentions)
        if seen is not None:
            return seen
    return None


def _is_verb(line: Line, i: int, forms: int, last: int) -> bool:
    """Whether the word at i, which can be `forms`, is used as a verb."""
    w, k = line.w, line.k
    if line.capital(i) and i > line.clauses[line.of[i]].lo:
        return False
    p = i - 1
    while p >= 0 and line.adverb(p):
        p -= 1
    before = k[p] if p >= 0 else 0
    if p >= 0 and line.men[p] < 0 and (line.auxiliary(p) or w[p] == "not" or w[p].endswith(("n't", "n’t"))):
        return True
    noun = bool(line.words[i].nouns)
    if p >= 0 and w[p] == "to":
        return bool(forms & BASE) and (
            not noun
            or line.object_word(last + 1)
            or (last + 1 < line.n and bool(k[last + 1] & PREP) and w[last + 1] != "of")
        )
    if forms & ING and not forms & BASE:
        if not noun:
            return not before & DET
        return not before & DET and not (p >= 0 and (line.men[p] >= 0 or w[p] == "'s")) and line.object_word(last + 1)
    if noun and not forms & (PAST | PART):
        if forms & THIRD and between_names(line, i, last):
            return True
        return p >= 0 and bool(before & PRON) and not before & DET and line.object_word(last + 1)
    if forms & (PAST | PART):
        # "the occupied towns", "in besieged Tavra": an adjective
        return not (p >= 0 and line.men[p] < 0 and (before & DET or w[p] == "'s") and not before & PRON) and not (
            p == i - 1 and before & PREP and w[p] != "of"
        )
    return not (before & DET) and not (before & PREP)


def _read(
    line: Line,
    i: int,
    last: int,
    verb: Verb,
    forms: int,
    group: Group,
    clause: Clause,
    mentions: Sequence[MentionFinding],
) -> Noticed | None:
    w = line.w
    end = _region(line, last + 1, clause.hi)
    reduced = False
    if group.bare and forms & PART:
        group.passive = reduced = True
    elif forms & PAST and forms & PART and group.tense == "past" and not group.passive and not group.perfect:
        # "the agreement signed in May was ..." or "the ministers signed": the first where another finite verb frames it
        follows = last + 1 < line.n and w[last + 1] == "by"
        framed = (
            (clause.fin < i or (end < clause.hi and line.fin[end] and "," not in w[i:end] and w[end - 1] != "and"))
            and not line.object_word(last + 1)
            and "fire" not in w[i : last + 1]
        )
        if follows or (framed and not _joined(line, i)):
            group.passive = reduced = True
    roles: list[tuple[str, int]] = []
    around = _object_words(line, last + 1, end)
    left: list[int] = []
    if group.infinitive >= 0:
        left = _controller(line, clause, group.infinitive, mentions)
    elif group.start and w[group.start - 1] in ("of", "for", "from") and clause.fin < group.start:
        left = _controlled(line, clause.fin, group.start, mentions)  # "accused Ostria of having ..."
    if not left:
        left = _before(line, clause, i) if reduced else subject(line, clause, group.start, mentions)
    if not left and not reduced and clause.kind == "that" and clause.up >= 0 and _joined(line, i):
        above = line.clauses[clause.up]
        left = subject(line, above, above.hi, mentions)  # "X argued that the road was closed and blamed Y"
    if verb.mode == "resign":  # a post is given up by who holds it
        left = [index for index in left if not _belongs(line, clause, index, mentions)]
    if group.passive:
        around = around | set(w[max(clause.lo, group.start - 8) : group.start])
        for index in left:
            add(roles, verb.object or ("participant" if verb.subject == "participant" else ""), index)
    else:
        for index in left:
            add(roles, verb.subject, index)
    direct = False
    journey = person = prep_found = False
    for prep, at, index in governed(line, last + 1, end, mentions, verb.heads):
        if prep in ("", "of"):
            if group.passive and prep == "":
                continue
            if prep == "of" and "of" in verb.preps:
                prep_found = True
                add(roles, verb.preps["of"], index)
                continue
            direct = True
            person = person or mentions[index].form in _PERSONS
            add(roles, verb.object, index)
        elif prep.startswith("@"):
            add(roles, prep[1:], index)
        elif prep == "by":
            if group.passive:
                add(roles, verb.subject, index)
            elif w[at - 1] in ("mediated", "brokered"):
                add(roles, "mediator", index)
        elif prep in verb.preps:
            prep_found = True
            journey = True
            add(roles, verb.preps[prep], index)
    if (
        not direct
        and not group.passive
        and clause.kind == "relative"
        and w[clause.lo] != "where"
        and left
        and line.first[left[0]] >= clause.lo
    ):
        for index in antecedent(line, clause, mentions):  # "the town, which Ostria has attacked"
            direct = True
            add(roles, verb.object, index)
    for prep, at, index in governed(line, clause.lo, group.start, mentions):
        if prep == "by" and w[at - 1] in ("mediated", "brokered"):
            add(roles, "mediator", index)
    if not direct and not group.passive and last + 1 < line.n and w[last + 1] in ("it", "him", "her", "them"):
        for index in _meant(line, i, left, mentions):
            direct = True
            add(roles, verb.object, index)
    direct = direct or (group.passive and bool(left))
    if (
        "closed" not in verb.needs
        and w[i] == "closed"
        and {"keep", "keeps", "kept", "keeping"} & set(w[max(0, i - 9) : i])
    ):
        return None  # told by "kept ... closed"
    if not _enough(line, last, end, verb, group, around, direct, prep_found, journey, person, roles, left, mentions):
        return None
    if verb.type in ("AID", "SANCTION", "COOPERATE") and all(role != "target" for role, _ in roles):
        return None
    time = clause_time(line, clause.lo, clause.hi, i)
    place = place_of(line, last + 1, end, i, mentions)
    if place is None:
        place = place_of(line, clause.lo, clause.fin, i, mentions)
    if place is None or verb.mode == "visit":  # what is attacked, blocked or visited is where it happens
        there = [index for role, index in roles if role in ("target", "host") and mentions[index].reading == "place"]
        place = there[0] if there else (None if verb.mode == "visit" else place)
    if not _one_event(line, clause, group, forms, roles, time, place, verb):
        return None
    status, mode = group.status, verb.mode
    if (
        verb.type == "REJECT"
        and mode is None
        and any(n.type == "CONSULT" for j in range(last + 1, end) for n, _ in line.words[j].nouns)
    ):
        mode = "meet"
    if status == "actual" and clause.kind == "that" and clause.up >= 0 and _denied(line, line.clauses[clause.up]):
        status = "denied"
    once = {"earlier", "once", "previously", "formerly"} & set(
        w[clause.lo : clause.lo + 4]
    )  # "if earlier X called for ..., now"
    if (clause.kind == "if" and not once) or (group.status == "planned" and _conditional(line, clause)):
        status = "hypothetical"
    confidence = line.lex.confidence["gerund" if group.bare and not reduced else "verb"]
    rule = f"verb.{verb.lemma}"
    if sum(1 for other, _ in line.words[i].verbs if other.lemma == verb.lemma) > 1:
        rule += f".{verb.type.lower()}"
    return Noticed(
        i,
        last,
        line.of[i],
        verb.type,
        mode,
        status,
        group.tense,
        rule,
        confidence,
        roles,
        place,
        time,
        verbal=True,
        would=group.would,
    )


def _region(line: Line, lo: int, hi: int) -> int:
    """Where the object and its company end: at the next finite verb (no participle with "by"), or with the clause."""
    for j in range(lo, min(hi, lo + 30)):
        if line.fin[j] and not (j + 1 < hi and line.w[j + 1] == "by" and not line.auxiliary(j)):
            return j
    return min(hi, lo + 30)


def _object_words(line: Line, lo: int, hi: int) -> set[str]:
    """The words of the object: up to a preposition other than "of", or a mark."""
    found: set[str] = set()
    for j in range(lo, min(hi, lo + _SPAN)):
        if line.w[j] in ",;:." or (
            line.k[j] & PREP and line.men[j] < 0 and line.w[j] not in ("of", "with", "at", "on", "as") and j > lo
        ):
            break
        found.add(line.w[j])
    return found


def _meant(line: Line, i: int, left: list[int], mentions: Sequence[MentionFinding]) -> list[int]:
    """Whom an object pronoun after the verb at i means: the one other name before it in the sentence, if it is one."""
    others = {
        index
        for place, (index, a, _) in enumerate(line.names)
        if a < i and index not in left and mentions[index].reading == "actor" and acts(line, place, mentions)
    }
    return list(others) if len(others) == 1 and left else []


def _joined(line: Line, i: int) -> bool:
    """Whether the verb at i is the second of two joined by "and" or a comma."""
    p = i - 1
    while p >= 0 and line.adverb(p):
        p -= 1
    return p >= 0 and line.w[p] in ("and", "or", "but", ",")


def _belongs(line: Line, clause: Clause, index: int, mentions: Sequence[MentionFinding]) -> bool:
    """Whether a name in the subject only tells whose people acted ("two ministers of Ostria's government")."""
    if index not in line.first or mentions[index].form in _PERSONS:
        return False
    prep, _ = line.governor(line.first[index], clause.lo)
    return prep == "of" or line.genitive(line.last[index])


def _before(line: Line, clause: Clause, i: int) -> list[int]:
    """The name that a participle right behind it describes."""
    p = i - 1
    while p >= clause.lo and line.adverb(p):
        p -= 1
    return [line.men[p]] if p >= clause.lo and line.men[p] >= 0 else []


def _controller(line: Line, clause: Clause, to: int, mentions: Sequence[MentionFinding]) -> list[int]:
    """Who is to do what stands in the infinitive: the object of the verb before ("urged Ostria to"), if any."""
    verb = line.finite_before(to, clause.lo)
    if verb < 0:
        return []
    return _controlled(line, verb, to, mentions)


def _controlled(line: Line, verb: int, until: int, mentions: Sequence[MentionFinding]) -> list[int]:
    """The object of a verb, as far as token `until`."""
    return [index for prep, _, index in governed(line, verb + 1, until, mentions) if prep in ("", "on", "upon")]


def _enough(
    line: Line,
    last: int,
    end: int,
    verb: Verb,
    group: Group,
    around: set[str],
    direct: bool,
    prep: bool,
    journey: bool,
    person: bool,
    roles: list[tuple[str, int]],
    left: list[int],
    mentions: Sequence[MentionFinding],
) -> bool:
    """Whether what the verb needs is there."""
    needs = verb.needs
    if verb.never and around & verb.never:
        return False
    if "nothing" in needs or ("object" in needs and direct) or ("prep" in needs and prep):
        return True
    if "heads" in needs and around & verb.heads:
        return True
    after = line.w[last + 1] if last + 1 < line.n else ""
    if "pair" in needs and (
        each_other(line, last + 1)
        or each_other(line, last + 2)
        or (after in ("in", "on", "for", "again", "at", "today", "yesterday", "separately", ".", ",") and len(left) > 1)
    ):
        return True
    if "promise" in needs and after in ("to", "that"):
        return True
    if "noun" in needs and any(line.words[j].nouns for j in range(last + 1, min(end, last + 8))):
        return True
    if "closed" in needs:
        return bool(around & verb.heads) and "closed" in line.w[last + 1 : end + 1]
    if "force" in needs:
        return bool(set(line.w[max(0, group.start - 6) : group.start]) & line.lex.sets["forces"])
    if "asked" in needs:
        return direct and bool({"to", "for"} & set(line.w[last + 1 : end]))
    if "shots" in needs:
        return (
            bool((around | set(line.w[max(0, group.start - 4) : group.start])) & verb.heads)
            or prep
            or (verb.particle != () and direct)
        )
    if "journey" in needs:
        return journey and any(role == "initiator" and _traveller(line, index, mentions) for role, index in roles)
    if "person" in needs:
        return person
    return False


def _traveller(line: Line, index: int, mentions: Sequence[MentionFinding]) -> bool:
    mention = mentions[index]
    if mention.form in _PERSONS:
        return True
    first = line.first.get(index, 0)
    return (
        mention.form == "name" and mention.reading == "actor" and mention.office is None and line.e[first] < mention.end
    )


def _denied(line: Line, above: Clause) -> bool:
    """Whether a clause ends in "denied", before "that"."""
    return any(
        word in ("denied", "denies", "deny", "denying") for word in line.w[max(above.lo, above.hi - 3) : above.hi]
    )


def _conditional(line: Line, clause: Clause) -> bool:
    """Whether an if-clause stands beside the clause."""
    at = line.clauses.index(clause)
    return any(
        0 <= n < len(line.clauses) and line.clauses[n].kind == "if" and line.w[line.clauses[n].lo] != "whether"
        for n in (at - 1, at + 1)
    )


def _one_event(
    line: Line,
    clause: Clause,
    group: Group,
    forms: int,
    roles: list[tuple[str, int]],
    time: int | None,
    place: int | None,
    verb: Verb,
) -> bool:
    """Whether this is one happening, and not a habit, a trend, a wish or a state."""
    w = line.w
    units = line.lex.sets["habit_units"]
    for j in range(group.start, min(clause.hi, group.start + 20)):
        if w[j].endswith("ing") and j > group.start + 1:
            break  # what follows is told of another deed
        if w[j] in units and any(t in ("for", "over") for t in w[max(0, j - 4) : j]):
            return False
        if w[j] in ("each", "every") and j + 1 < line.n and w[j + 1] in ("year", "month", "day", "time", "week"):
            return False
    if not roles and (time is None or verb.type not in ("ASSAULT", "RETREAT", "AGREE")):
        return False
    if (
        group.status == "planned"
        and group.passive
        and time is None
        and all(role in ("target", "host") for role, _ in roles)
    ):
        return False
    if group.weak or (group.bare and forms & ING) or group.present:
        # wishes, gerunds and the present tense tell an event only where it has a date
        if time is None and not (group.present and group.passive and group.perfect):
            return False
        if group.present and forms & THIRD and not roles:
            return False
    if group.status == "hypothetical" and not group.weak:
        return len(roles) > 1 or time is not None or clause.kind == "if"
    if group.status == "denied":
        return len(roles) > 1 or time is not None or place is not None
    return True
