import { beforeEach, expect, it, vi } from 'vitest';
import * as headStart from './headStart';

const asked: string[] = [];
let closed = 0;
let provisional = 'false';
let fails = false;

beforeEach(() => {
  headStart.drop();
  asked.length = 0;
  closed = 0;
  provisional = 'false';
  fails = false;
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return Promise.resolve(
      fails
        ? new Response('{"code":"viewing.no_frame"}', { status: 404 })
        : new Response('dots', { headers: { 'X-Provisional': provisional } }),
    );
  });
  vi.stubGlobal('createImageBitmap', () =>
    Promise.resolve({ width: 640, height: 360, close: () => closed++ }),
  );
  headStart.measured({ width: 640.4, height: 359.8 });
});

const size = { width: 640.4, height: 359.8 };

it('asks once, in the size of the last glass, and gives the picture once', async () => {
  headStart.begin('v1', 7);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('/viewings/v1/frames/7?');
  expect(asked[0]).toContain('w=640&h=360');
  expect(await headStart.taken('v1', 7, size, false)).toMatchObject({ width: 640 });
  expect(await headStart.taken('v1', 7, size, false)).toBeNull();
  expect(closed).toBe(0);
});

it('gives no other viewing, frame or size, and lets go of the picture', async () => {
  headStart.begin('v1', 0);
  expect(await headStart.taken('v2', 0, size, false)).toBeNull();
  expect(await headStart.taken('v1', 1, size, false)).toBeNull();
  headStart.begin('v1', 0);
  expect(await headStart.taken('v1', 0, { width: 320, height: 180 }, false)).toBeNull();
  await vi.waitFor(() => expect(closed).toBe(2));
});

// Frame 7 of the provisional numbers may be another picture than frame 7 of the verified ones.
it('gives no picture asked for under numbers that have changed since', async () => {
  provisional = 'true';
  headStart.begin('v1', 7);
  expect(await headStart.taken('v1', 7, size, false)).toBeNull();
  expect(closed).toBe(1);
});

it('is silent where there is no picture', async () => {
  fails = true;
  headStart.begin('v1', 0);
  expect(await headStart.taken('v1', 0, size, false)).toBeNull();
});
