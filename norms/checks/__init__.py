"""One module per kind of finding, named for it: its code, what it looks at, and the Swedish message.

N002–N019 look at how a file is written, N031–N034 at how tables lie beside each other in time and keys;
both stop the tables from being used. N101–N111 doubt an amount; they are warnings that a person settles
by correcting the amount or by writing ``kontrollerad`` at it. N001 and N018 are found when the folder is
read (``norms/shape.py``, ``norms/folder.py``).
"""
