rows = [("H", periodictable.H), ("D", periodictable.D), ("O", periodictable.O)]
table = pd.DataFrame({"atom": [name for name, _ in rows], "b_c": [abs(atom.neutron.b_c) for _, atom in rows]})
