import { once } from 'node:events'
    if (!copy.write(x)) await once(copy, 'drain')
  callback{
