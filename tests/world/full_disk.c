/* A disk that is full: while the file FULL_DISK is there, no file grows whose path has the words in it.

   Preloaded into a server. What a file has already may be written over, as on a real disk. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int no_room(int file, off_t end) {
    const char *said = getenv("FULL_DISK");
    char where[64], path[4096], words[256] = "";
    struct stat is;
    FILE *full;
    ssize_t length;

    if (said == NULL || fstat(file, &is) != 0 || !S_ISREG(is.st_mode) || end <= is.st_size)
        return 0;
    if ((full = fopen(said, "r")) == NULL)
        return 0;
    if (fgets(words, sizeof words, full) == NULL)
        words[0] = 0;
    fclose(full);
    words[strcspn(words, "\n")] = 0;
    snprintf(where, sizeof where, "/proc/self/fd/%d", file);
    if ((length = readlink(where, path, sizeof path - 1)) < 0)
        return 0;
    path[length] = 0;
    return strstr(path, words) != NULL;
}

static off_t size(const struct iovec *parts, int count) {
    off_t sum = 0;
    while (count-- > 0)
        sum += parts[count].iov_len;
    return sum;
}

#define WRITES(name, given, called, end)                              \
    ssize_t name given {                                              \
        static ssize_t(*real) given;                                  \
        if (no_room(file, end)) {                                     \
            errno = ENOSPC;                                           \
            return -1;                                                \
        }                                                             \
        if (real == NULL)                                             \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                \
        return real called;                                           \
    }
#define ALLOCATES(name)                                               \
    int name(int file, off_t at, off_t length) {                      \
        static int (*real)(int, off_t, off_t);                        \
        if (no_room(file, at + length))                               \
            return ENOSPC;                                            \
        if (real == NULL)                                             \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                \
        return real(file, at, length);                                \
    }

WRITES(write, (int file, const void *from, size_t length), (file, from, length), lseek(file, 0, SEEK_CUR) + (off_t)length)
WRITES(pwrite, (int file, const void *from, size_t length, off_t at), (file, from, length, at), at + (off_t)length)
WRITES(pwrite64, (int file, const void *from, size_t length, off_t at), (file, from, length, at), at + (off_t)length)
WRITES(pwritev, (int file, const struct iovec *parts, int count, off_t at), (file, parts, count, at), at + size(parts, count))
WRITES(pwritev64, (int file, const struct iovec *parts, int count, off_t at), (file, parts, count, at), at + size(parts, count))
ALLOCATES(posix_fallocate)
ALLOCATES(posix_fallocate64)
