// ffms_bench: FFMS2 on the same work as `diaoyue-lab media bench`.
//
//   ffms_bench FILE --op linear|seek|step|back|index|at [--at 5,900,12] [--steps 64] [--threads 2]
//
// seek goes to each frame of --at; step and back go one by one from each frame
// of --at, which is fetched first and not counted; at prints the time stamp of
// each frame of --at instead, so that it can be checked that both sides gave
// the same pictures. One JSON object is printed, the fields as the lab's.
#include <ffms.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_OPS 4096

static char text[1024];
static FFMS_ErrorInfo error = {0, 0, sizeof text, text};
static double cpu0, lat[MAX_OPS];
static int ops;

static double wall(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double cpu(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
}

// Waits until no thread works any more. Threads still decode ahead when a
// picture is given out: what the first one set going is not counted, what the
// last one did is. The lab does the same.
static void rest(void)
{
	struct timespec pause = {0, 10000000};
	for (int i = 0; i < 50; i++) {
		double before = cpu();
		nanosleep(&pause, NULL);
		if (cpu() - before < 0.5)
			return;
	}
}

static void fail(const char *what)
{
	fprintf(stderr, "ffms_bench: %s: %s\n", what, text);
	exit(1);
}

static FFMS_Index *build(const char *path)
{
	FFMS_Indexer *x = FFMS_CreateIndexer(path, &error);
	if (!x)
		fail("open");
	FFMS_TrackTypeIndexSettings(x, FFMS_TYPE_VIDEO, 1, 0);
	FFMS_Index *i = FFMS_DoIndexing2(x, 0, &error);
	if (!i)
		fail("index");
	return i;
}

static const FFMS_Frame *get(FFMS_VideoSource *v, int n)
{
	const FFMS_Frame *f = FFMS_GetFrame(v, n, &error);
	if (!f)
		fail("frame");
	return f;
}

static void timed(FFMS_VideoSource *v, int n)
{
	double t = wall();
	get(v, n);
	if (ops < MAX_OPS)
		lat[ops++] = wall() - t;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void report(const char *op, double spent, int frames)
{
	qsort(lat, ops, sizeof *lat, order);
	printf("{\"op\":\"%s\",\"ops\":%d,\"cpu_ms_per_op\":%.3f,\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"frames\":%d}\n", op, ops,
	       spent / ops, lat[(ops - 1) / 2], lat[(int)((ops - 1) * .95)], frames);
}

int main(int argc, char **argv)
{
	const char *path = NULL, *op = "seek";
	char *at = NULL, none[] = "";
	int steps = 64, threads = 2;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--op") && i + 1 < argc)
			op = argv[++i];
		else if (!strcmp(argv[i], "--at") && i + 1 < argc)
			at = argv[++i];
		else if (!strcmp(argv[i], "--steps") && i + 1 < argc)
			steps = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--threads") && i + 1 < argc)
			threads = atoi(argv[++i]);
		else
			path = argv[i];
	}
	if (!path) {
		fprintf(stderr, "usage: ffms_bench FILE --op linear|seek|step|back|index|at [--at LIST] [--steps N]\n");
		return 2;
	}
	FFMS_Init(0, 0);
	FFMS_SetLogLevel(-8);
	if (!strcmp(op, "index")) {
		FFMS_DestroyIndex(build(path)); // the file is in memory then, on either side
		cpu0 = cpu();
		for (int i = 0; i < 3; i++) {
			double t = wall();
			FFMS_DestroyIndex(build(path));
			lat[ops++] = wall() - t;
		}
		report(op, cpu() - cpu0, 0);
		return 0;
	}
	FFMS_Index *index = build(path);
	int track = FFMS_GetFirstTrackOfType(index, FFMS_TYPE_VIDEO, &error);
	FFMS_VideoSource *v = FFMS_CreateVideoSource(path, track, index, threads, FFMS_SEEK_NORMAL, &error);
	if (!v)
		fail("open video");
	int frames = FFMS_GetVideoProperties(v)->NumFrames;
	if (!strcmp(op, "linear")) {
		double t = wall();
		cpu0 = cpu();
		for (int n = 0; n < frames; n++)
			get(v, n);
		lat[0] = wall() - t;
		ops = 1;
		report(op, cpu() - cpu0, frames);
		return 0;
	}
	double spent = 0;
	for (char *p = strtok(at ? at : none, ","); p; p = strtok(NULL, ",")) {
		int n = atoi(p);
		if (!strcmp(op, "at")) {
			get(v, n);
			printf("%d %lld\n", n, (long long)FFMS_GetFrameInfo(FFMS_GetTrackFromVideo(v), n)->PTS);
			continue;
		}
		if (!strcmp(op, "seek")) {
			if (ops == 0)
				get(v, 0);
			cpu0 = cpu();
			timed(v, n);
			spent += cpu() - cpu0;
			continue;
		}
		get(v, n);
		rest();
		cpu0 = cpu();
		for (int i = 1; i <= steps; i++)
			timed(v, !strcmp(op, "step") ? n + i : n - i);
		rest();
		spent += cpu() - cpu0;
	}
	if (strcmp(op, "at") && ops == 0) {
		fprintf(stderr, "ffms_bench: nothing to do: --at names no frame\n");
		return 2;
	}
	if (ops)
		report(op, spent, frames);
	return 0;
}
