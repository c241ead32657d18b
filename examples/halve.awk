#!/usr/bin/awk -f
# Halves a picture in the plain PGM format: each pixel of the result is the mean of four.
{ sub(/#.*/, ""); for (i = 1; i <= NF; i++) word[n++] = $i }
END {
  width = word[1]; height = word[2]
  print word[0]; print int(width / 2), int(height / 2); print word[3]
  for (y = 0; y + 1 < height; y += 2)
    for (x = 0; x + 1 < width; x += 2) {
      at = 4 + y * width + x
      printf "%d%s", (word[at] + word[at + 1] + word[at + width] + word[at + width + 1]) / 4, x + 3 < width ? " " : "\n"
    }
}
