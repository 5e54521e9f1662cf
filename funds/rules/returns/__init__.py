"""Returns of money over time (domain 4.8 to 4.12).

=============  ==========================================================================================
``day_count``  year fractions in five conventions
``roots``      every root of a sum of discounted flows in a window, proven complete
``xirr``       the internal rate of return with its status, of one series
``batch``      the same for many series at once, as arrays
``pme``        public market equivalents: Kaplan-Schoar, Long-Nickels, Direct Alpha, PME+
``pacing``     projection of calls and distributions after Takahashi and Alexander
=============  ==========================================================================================
"""
