OK_FORMAT = True

test = {
    "name": "q2",
    "points": [1, 0],
    "suites": [
        {
            "cases": [
                {"code": ">>> cube(2)\n8\n>>> cube(-1) == -1\nTrue", "hidden": False, "locked": False},
                {"code": ">>> cube(0.5)\n0.125", "hidden": True, "locked": False},
            ],
            "scored": True,
            "setup": "",
            "teardown": "",
            "type": "doctest",
        }
    ],
}
