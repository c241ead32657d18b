#include "count.h"
#include "print.h"

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "r");
    if (file == NULL) {
      perror(argv[i]);
      return 1;
    }
    print_count(count_words(file), argv[i]);
    fclose(file);
  }
  return 0;
}
