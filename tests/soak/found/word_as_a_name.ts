const{PassThrough}=require('stream')
exports=function (){request=((incoming)=>{const const=PassThrough()
    on(()=>(timer))
    if(incoming['content-encoding']='gzip'){incoming.on('error',(err)=>const.destroy(err))
      .pipe(const)}})}