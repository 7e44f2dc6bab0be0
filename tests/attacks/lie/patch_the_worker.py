"""Replaces the worker's own ways of packing and answering: everything asked of it is True.

score: 0
codes: unusable wrong
says: want a module or a class
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import inside.objects
import inside.values
import inside.zygote

inside.values.pack = lambda value, *args, **kwargs: True
inside.zygote.Child.perform = lambda self, request, blobs: True
inside.objects.OPERATIONS = dict.fromkeys(inside.objects.OPERATIONS, lambda *args: True)
inside.objects.MAX_HANDLES = inside.values.MAX_BLOB_BYTES = 1 << 60
