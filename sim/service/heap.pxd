cdef long long FOREVER
cdef bint COMPILED

cdef class Heap:
    cdef readonly long long smallest
    cdef list _listed
    cdef long long _size, _room
    cdef long long[::1] _keys
    cpdef push(self, long long key)
    cpdef long long pop(self) except? -1
    cdef _rise(self, long long key)
    cdef _sink(self)
