/*
 * The limit that yonder is measured against: a loop that does nothing but start processes, so many at a time.
 *
 *   posix-spawn-loop [-c DIR] JOBS SLOTS PROGRAM
 *
 * runs `PROGRAM N` for N = 1 to JOBS. With -c it does the work that grouping takes, too: each job's standard output and
 * standard error go to new files in DIR, which are copied out and removed when the job has ended.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *directory;

static void fail(const char *what) {
  perror(what);
  exit(255);
}

static void path_of(char *path, size_t size, int job, const char *stream) {
  snprintf(path, size, "%s/%d.%s", directory, job, stream);
}

static pid_t start(const char *program, int job) {
  char number[16], out[4096], err[4096];
  snprintf(number, sizeof number, "%d", job);
  char *argv[] = {(char *)program, number, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (directory) {
    path_of(out, sizeof out, job, "out");
    path_of(err, sizeof err, job, "err");
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_EXCL, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_EXCL, 0600);
  }
  pid_t pid;
  errno = posix_spawn(&pid, program, &actions, NULL, argv, environ);
  if (errno) fail(program);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

static void copy_out(int job, const char *stream, int to) {
  char path[4096], buffer[65536];
  path_of(path, sizeof path, job, stream);
  int from = open(path, O_RDONLY);
  if (from < 0) fail(path);
  for (ssize_t got; (got = read(from, buffer, sizeof buffer)) > 0;)
    if (write(to, buffer, got) != got) fail("write");
  close(from);
  unlink(path);
}

int main(int argc, char **argv) {
  if (argc == 6 && strcmp(argv[1], "-c") == 0) {
    directory = argv[2];
    argv += 2;
  } else if (argc != 4) {
    fprintf(stderr, "usage: posix-spawn-loop [-c DIR] JOBS SLOTS PROGRAM\n");
    return 255;
  }
  int jobs = atoi(argv[1]), slots = atoi(argv[2]), started = 0, ended = 0, failed = 0;
  pid_t *running = calloc(jobs + 1, sizeof *running);
  if (!running) fail("calloc");
  while (ended < jobs) {
    while (started < jobs && started - ended < slots) {
      ++started;
      running[started] = start(argv[3], started);
    }
    int status;
    pid_t pid = wait(&status);
    if (pid < 0) fail("wait");
    failed += status != 0;
    ++ended;
    if (directory) {
      int job = started;
      while (running[job] != pid) --job;
      copy_out(job, "out", 1);
      copy_out(job, "err", 2);
    }
  }
  return failed > 254 ? 254 : failed;
}
