// What chrono finds, with the parts of its start; `relative` where another year of reference gives another year.
import { load, serve } from '../lines.mjs'

const chrono = load('chrono-node')
const PARTS = ['year', 'month', 'day', 'weekday', 'hour', 'minute', 'second']

serve(({ text, day }) => {
  const now = new Date(`${day}T12:00:00Z`)
  const then = new Date(now)
  // After 28 years the days have the same weekdays again.
  then.setUTCFullYear(now.getUTCFullYear() + (now.getUTCFullYear() < 5000 ? 28 : -28))
  const [here, elsewhere] = [now, then].map(instant => chrono.parse(text, { instant, timezone: 'UTC' }))
  const years = new Map(elsewhere.map(each => [each.index, each.start.get('year')]))
  return here.map(each => ({
    start: each.index,
    text: each.text,
    parts: Object.fromEntries(PARTS.map(part => [part, each.start.get(part)])),
    certain: each.start.getCertainComponents(),
    tags: [...each.tags()],
    relative: years.get(each.index) !== each.start.get('year'),
  }))
})
