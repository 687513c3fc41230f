// What compromise finds, as the terms that it consists of, with what stands before and after each.
import { load, serve } from '../lines.mjs'

const nlp = load('compromise')
const KINDS = ['people', 'places', 'organizations', 'quotations']

const placed = ({ offset: { start }, pre, text, post, tags }) => ({
  pre: { start: start - pre.length, text: pre },
  word: { start, text },
  post: { start: start + text.length, text: post },
  tags,
})

serve(({ text }) => {
  const doc = nlp(text)
  return KINDS.flatMap(kind => doc[kind]().json({ offset: true }).map(({ terms }) => ({ kind, terms: terms.map(placed) })))
})
