// What wink-nlp finds. Its tokens know neither their offsets nor all blanks between them: each is looked for behind the
// one before, and has to stand there but for blanks.
import { load, serve } from '../lines.mjs'

const nlp = load('wink-nlp')(load('wink-eng-lite-web-model'), ['sbd', 'ner'])
const { its } = nlp

serve(({ text }) => {
  const doc = nlp.readDoc(text)
  let at = 0
  const places = doc.tokens().out(its.value).map(word => {
    const start = text.indexOf(word, at)
    if (start < 0 || text.slice(at, start).trim()) throw new Error(`no token ${JSON.stringify(word)} at ${at}`)
    at = start + word.length
    return [start, at]
  })
  const said = []
  doc.entities().each(entity => {
    const [first, last] = entity.out(its.span)
    const [start, end] = [places[first][0], places[last][1]]
    said.push({ kind: entity.out(its.type), start, text: text.slice(start, end) })
  })
  return said
})
