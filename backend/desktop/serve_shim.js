// Stands in for window.go and window.runtime of the real window (serve mode).
(() => {
  const call = (path) => async (...args) => {
    const answer = await fetch('/__rpc/' + path.join('/'), { method: 'POST', body: JSON.stringify(args) })
    if (!answer.ok) throw { code: 'internal', message: await answer.text(), params: {} }
    const { result, error } = await answer.json()
    // as Wails does in the real window: an Error whose message is what Go said
    if (error) throw new Error(JSON.stringify(error))
    return result
  }
  const level = (depth, path) =>
    depth === 0
      ? call(path)
      : new Proxy({}, { get: (_, key) => (typeof key === 'string' ? level(depth - 1, [...path, key]) : undefined) })
  window.go = level(3, [])

  const listeners = new Map()
  const on = (name, callback, max) => {
    const listener = { callback, left: max }
    if (!listeners.has(name)) listeners.set(name, new Set())
    listeners.get(name).add(listener)
    return () => listeners.get(name)?.delete(listener)
  }
  new EventSource('/__events').onmessage = (message) => {
    const { name, data } = JSON.parse(message.data)
    for (const listener of [...(listeners.get(name) ?? [])]) {
      if (listener.left > 0 && --listener.left === 0) listeners.get(name).delete(listener)
      listener.callback(data)
    }
  }
  const nothing = () => {}
  window.runtime = new Proxy(
    {
      EventsOnMultiple: on,
      EventsOn: (name, callback) => on(name, callback, -1),
      EventsOnce: (name, callback) => on(name, callback, 1),
      EventsOff: (...names) => names.forEach((name) => listeners.delete(name)),
      EventsOffAll: () => listeners.clear(),
      WindowSetTitle: (title) => { document.title = title },
      LogInfo: console.log,
      LogError: console.error,
      Environment: async () => ({ buildType: 'serve', platform: 'linux', arch: '' }),
      ClipboardSetText: async () => true,
      BrowserOpenURL: nothing,
      WindowIsFullscreen: async () => document.fullscreenElement !== null,
      WindowFullscreen: () => { void document.documentElement.requestFullscreen?.() },
      WindowUnfullscreen: () => { void document.exitFullscreen?.() },
    },
    { get: (known, key) => known[key] ?? nothing },
  )
  // Tests say here what the next file or folder dialog answers.
  window.__choose = (paths) => fetch('/__dialog', { method: 'POST', body: JSON.stringify(paths) })
  window.__serveMode = true
})()
