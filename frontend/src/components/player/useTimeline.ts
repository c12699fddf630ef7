// The span of time that all lanes share: zoom, scroll, and following the playhead.
import { computed, readonly, ref, shallowRef, watch } from 'vue';
import { durationOf, frameAt, timeOf, type Times } from '@/player/timecode';
import { reveal, scroll, secondsAt, shareOf, whole, zoom, type Span } from '@/player/timeline';

export type TimelineView = ReturnType<typeof useTimeline>;

export function useTimeline(times: Times, shown: () => number) {
  const duration = durationOf(times);
  const span = shallowRef<Span>(whole(duration));
  const width = ref(800);
  const playhead = computed(() => timeOf(times, Math.max(0, shown())));

  watch(playhead, (at) => (span.value = reveal(span.value, at, duration)));

  const share = (seconds: number) => shareOf(span.value, seconds);
  const percent = (seconds: number) => `${(share(seconds) * 100).toFixed(3)}%`;

  return {
    times,
    duration,
    span,
    width: readonly(width),
    /** resize takes the width of the tracks in CSS pixels. */
    resize: (pixels: number) => (width.value = pixels),
    playhead,
    share,
    /** Start of a frame in CSS, as a share of the visible span. */
    left: (frame: number) => percent(timeOf(times, frame)),
    leftAt: percent,
    /** From the start of a frame to the end of another. */
    across: (from: number, to: number) => {
      const end = to + 1 < times.length ? timeOf(times, to + 1) : duration;
      return {
        left: percent(timeOf(times, from)),
        width: `${((share(end) - share(timeOf(times, from))) * 100).toFixed(3)}%`,
      };
    },
    acrossTime: (from: number, to: number) => ({
      left: percent(from),
      width: `${((share(to) - share(from)) * 100).toFixed(3)}%`,
    }),
    frameAtShare: (at: number) => frameAt(times, secondsAt(span.value, at)),
    secondsAtShare: (at: number) => secondsAt(span.value, at),
    zoomBy: (factor: number, at = share(playhead.value)) =>
      (span.value = zoom(span.value, factor, Math.min(1, Math.max(0, at)), duration)),
    scrollBy: (by: number) => (span.value = scroll(span.value, by, duration)),
    fit: () => (span.value = whole(duration)),
  };
}
