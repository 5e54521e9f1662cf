"""The fund rule book: pure functions on plain values. No database, no clock, no settings.

=================  ====================================================================================
``figures``        what a calculation reads: holdings and fund totals at one (as-of, known-at)
``ledger``         events and valuations, folded into figures (domain 4.3)
``ledger_checks``  what the books refuse: exits above cost, wrong reversals, dates, cash
``theta``          the definition of a loss rate and its default (domain 4.2)
``loss``           the loss rate in every reading (domain 4.2)
``caps``           which rule applies; weighted cap of a mixed fund (domain 4.4)
``status``         status, warning level, headroom (domain 4.5)
``headroom``       what the failure of one position would add to the loss (domain 4.6)
``stress``         reverse stress, what-if, probability of breach (domain 4.6, 4.7)
``multiples``      PIC, DPI, RVPI, TVPI (domain 4.10)
``returns``        rates of return, market equivalents, day counts, pacing (domain 4.8 to 4.12)
=================  ====================================================================================

Money is fen, as int where it was booked and as Fraction where a partial exit scaled it. Rates are Fractions.
"""
