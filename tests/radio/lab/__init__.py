"""The radio lab: a virtual machine whose radios hear one another, and all that lives there.

``vm`` boots it, ``guest`` is the program inside, ``inside`` speaks to that program. On top stand
the parts of the world: ``routers``, ``station``, ``system`` (NetworkManager and its kin),
``device`` (Firstlight itself). ``world`` puts them together.
"""
