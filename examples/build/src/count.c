#include "count.h"
#include <ctype.h>

long count_words(FILE *stream) {
  long count = 0;
  int within = 0;
  for (int c = getc(stream); c != EOF; c = getc(stream)) {
    if (!isspace(c) && !within) count++;
    within = !isspace(c);
  }
  return count;
}
