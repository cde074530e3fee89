import{once}from'node:events';import{createWriteStream}from'node:fs'
export async function f(list){const out=createWriteStream('a')
  for(const x of list)if(!out.write(x))await once(out,'drain')
  out.end()}
