# Classifications in order, for other policies.
package paddock.lib.classes

rank := {"public": 0, "internal": 1, "restricted": 2, "phi": 3}

# sensitive data needs agreements and reviews before others may touch it.
sensitive if rank[input.app.classification] >= rank.restricted

# An unknown classification counts as sensitive, so a typo never lowers a guard.
sensitive if not input.app.classification in object.keys(rank)
