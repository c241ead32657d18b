#define UNIT "words"

void print_count(long count, const char *name);
