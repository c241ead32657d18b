#include "print.h"
#include <stdio.h>

void print_count(long count, const char *name) {
  printf("%8ld %s  %s\n", count, UNIT, name);
}
