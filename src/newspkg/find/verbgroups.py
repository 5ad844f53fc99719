"""What the words around a verb say of it: tense, negation, modality, passive, and what an infinitive hangs on."""

from __future__ import annotations

from dataclasses import dataclass

from newspkg.find.clauses import Line
from newspkg.find.triggers import BASE, BE, DO, FREQ, HAVE, ING, MODAL, NEG, PART, PAST

__all__ = ["Group", "verb_group"]


@dataclass(slots=True)
class Group:
    """A verb group. `start`: its first token; `weak`: only wished for; `bare`: a participle or gerund alone."""

    start: int
    status: str
    tense: str | None
    passive: bool = False
    frequent: bool = False
    weak: bool = False
    bare: bool = False
    present: bool = False
    infinitive: int = -1  # the token "to"
    perfect: bool = False
    would: bool = False


def verb_group(line: Line, i: int, forms: int, lo: int) -> Group | None:
    """What auxiliaries, negation and "to" say of the verb at i, which can be any of `forms`; None where they rule out
    that it is a verb."""
    w, k, sets = line.w, line.k, line.lex.sets
    negated = frequent = False
    be = have = do = modal = first = ""
    j, to = i - 1, -1
    while j >= lo and i - j < 10:
        flags, word = k[j], w[j]
        if line.men[j] >= 0 or line.tim[j] >= 0:
            break
        if flags & NEG or word.endswith(("n't", "n’t")):
            negated = negated or not (j + 1 < line.n and w[j + 1] == "only")
            if word.endswith(("n't", "n’t")):
                bare = word[:-3]
                first = bare
                do, be = (bare if bare in sets["do"] else do), (bare if bare in sets["be"] else be)
                have = bare if bare in sets["have"] else have
                modal = {"wo": "will", "would": "would", "could": "could", "ca": "can"}.get(bare, modal)
            elif flags & MODAL:
                modal = first = "can"
        elif flags & BE:
            be, first = be or word, word
        elif flags & HAVE:
            have, first = word, word
        elif flags & DO:
            do, first = word, word
        elif flags & MODAL:
            modal = first = word
        elif word == "longer" and j > lo and w[j - 1] == "no":
            negated = frequent = True
            j -= 1
        elif line.adverb(j):
            frequent = frequent or bool(flags & FREQ)
        elif word == "to" and not modal and (first in ("be", "have") or (forms & BASE and not first)):
            to = j
            break
        else:
            break
        j -= 1
    start = to if to >= 0 else j + 1
    passive = bool(be) and bool(forms & PART) and not forms & ING
    if be and not forms & (PART | ING):
        return None
    if have and not be and not forms & PART:
        return None
    if (modal or do) and not be and not have and not forms & BASE:
        return None
    group = Group(start, "actual", None, passive, frequent, infinitive=to, perfect=bool(have))
    if to >= 0:
        _infinitive(line, group, to, lo)
    elif modal:
        group.tense = "future" if modal in ("will", "shall", "would") else "present"
        group.status = "planned" if modal in ("will", "shall") else "hypothetical"
        group.weak = modal in ("can", "should", "must", "cannot")
        group.would = modal == "would"
        if have and modal in ("would", "could", "might", "should"):
            group.tense = "past"
    elif first:
        group.tense = "present" if first in ("is", "are", "am", "do", "does") else "past"
        group.present = group.tense == "present"
        group.bare = first in ("being",) and not have
    elif forms & PAST:
        group.tense = "past"
    elif forms & ING:
        group.bare = True
    elif forms & PART:
        group.bare, group.tense = True, "past"
    else:
        group.tense, group.present = "present", True
    if negated:
        group.status = "denied"
    return group


def _infinitive(line: Line, group: Group, to: int, lo: int) -> None:
    """Status by the word that the infinitive hangs on ("is to", "plans to", "failed to", "wants to")."""
    w, k, sets = line.w, line.k, line.lex.sets
    p = to - 1
    while p > lo and line.adverb(p):
        p -= 1
    word = w[p] if p >= lo else ""
    group.tense = "future"
    near = range(max(lo, to - 5), to)
    if p >= lo and k[p] & BE:
        group.status = "planned"
    elif word in sets["failed_before"]:
        group.status, group.tense = "denied", "past"
    elif word in sets["managed_before"]:
        group.status, group.tense = "actual", "past"
        group.present = word.endswith("s") or word == "continue"
    elif word in sets["planned_before"] or any(w[q] in ("agreed", "invited", "undertook", "promised") for q in near):
        group.status = "planned"
    else:
        group.status, group.weak = "hypothetical", True
    if any(k[q] & NEG or w[q].endswith(("n't", "n’t")) for q in near):
        group.status = "denied"
        group.weak = True
