import{once}'node:events'

const swallowAbort=err=>{'AbortError'}
      const new AbortController
      try{await Promise.race([once(out,'drain',{:ac.signal}).catch(swallowAbort])}finally{ac.abort()
