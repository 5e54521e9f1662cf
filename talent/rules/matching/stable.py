"""Stable matching of applicants and hosts with several places (Gale and Shapley 1962; hospitals/residents).

A pair is acceptable only if each lists the other. In every stable matching the same applicants stay without a place.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

A = TypeVar("A", bound=Hashable)
H = TypeVar("H", bound=Hashable)


def acceptable(applicants: Mapping[A, Sequence[H]], hosts: Mapping[H, Sequence[A]]) -> dict[A, list[H]]:
    """Each applicant's list without the hosts that do not list the applicant."""
    welcome = {host: set(listed) for host, listed in hosts.items()}
    return {who: [host for host in wishes if who in welcome.get(host, ())] for who, wishes in applicants.items()}


def applicant_optimal(
    applicants: Mapping[A, Sequence[H]], hosts: Mapping[H, Sequence[A]], capacity: Mapping[H, int]
) -> dict[A, H | None]:
    """The stable matching that every applicant likes best: applicants propose, hosts keep the best they can hold."""
    wishes = acceptable(applicants, hosts)
    rank = {host: {who: place for place, who in enumerate(listed)} for host, listed in hosts.items()}
    held: dict[H, list[A]] = {host: [] for host in hosts}
    asked = dict.fromkeys(wishes, 0)
    waiting = list(wishes)
    while waiting:
        who = waiting.pop()
        if asked[who] == len(wishes[who]):
            continue
        host = wishes[who][asked[who]]
        asked[who] += 1
        held[host].append(who)
        if len(held[host]) > capacity[host]:
            worst = max(held[host], key=rank[host].__getitem__)
            held[host].remove(worst)
            waiting.append(worst)
    return _by_applicant(applicants, held)


def host_optimal(
    applicants: Mapping[A, Sequence[H]], hosts: Mapping[H, Sequence[A]], capacity: Mapping[H, int]
) -> dict[A, H | None]:
    """The stable matching that hosts like best: hosts offer, applicants keep the best offer."""
    wishes = acceptable(applicants, hosts)
    rank = {who: {host: place for place, host in enumerate(listed)} for who, listed in wishes.items()}
    offers = {host: [who for who in listed if host in rank.get(who, ())] for host, listed in hosts.items()}
    held: dict[H, list[A]] = {host: [] for host in hosts}
    at: dict[A, H] = {}
    offered = dict.fromkeys(hosts, 0)
    waiting = list(hosts)
    while waiting:
        host = waiting.pop()
        while len(held[host]) < capacity[host] and offered[host] < len(offers[host]):
            who = offers[host][offered[host]]
            offered[host] += 1
            present = at.get(who)
            if present is not None:
                if rank[who][present] < rank[who][host]:
                    continue
                held[present].remove(who)
                waiting.append(present)
            at[who] = host
            held[host].append(who)
    return _by_applicant(applicants, held)


def _by_applicant(applicants: Mapping[A, Sequence[H]], held: Mapping[H, Sequence[A]]) -> dict[A, H | None]:
    found: dict[A, H | None] = dict.fromkeys(applicants)
    found.update({who: host for host, people in held.items() for who in people})
    return found


def blocking_pairs(
    matching: Mapping[A, H | None],
    applicants: Mapping[A, Sequence[H]],
    hosts: Mapping[H, Sequence[A]],
    capacity: Mapping[H, int],
) -> list[tuple[A, H]]:
    """Acceptable pairs that both like better than what they have; none in a stable matching."""
    rank = {host: {who: place for place, who in enumerate(listed)} for host, listed in hosts.items()}
    held: dict[H, list[A]] = {host: [] for host in hosts}
    for who, host in matching.items():
        if host is not None:
            held[host].append(who)
    found = []
    for who, wishes in acceptable(applicants, hosts).items():
        for host in wishes:
            if host == matching[who]:
                break
            if len(held[host]) < capacity[host] or any(rank[host][who] < rank[host][each] for each in held[host]):
                found.append((who, host))
    return found
