"""``firstlight doctor``: what on this machine stands in the way.

``gather`` collects facts from the system, ``checks`` judges them, ``command`` shows the findings.
"""
