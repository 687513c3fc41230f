// Answers questions line by line, as spanproof.systems.node asks them: JSON a line, in and out.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const say = answer => process.stdout.write(`${JSON.stringify(answer)}\n`)

// The folder of the packages is the first argument: ES modules would look beside the script alone.
export const load = name => createRequire(join(process.argv[2], 'here.js'))(name)

export const serve = answer => {
  createInterface({ input: process.stdin }).on('line', line => {
    const question = JSON.parse(line)
    try {
      say({ items: answer(question) })
    } catch (error) {
      say({ problem: String(error) })
    }
  })
  say('ready')
}
