// Says hello, then counts for as long as it lives.
console.log(`hello ${process.argv[2] ?? 'nobody'} ${process.env.TALKER ?? ''}`);
let count = 0;
setInterval(() => console.log(`count ${++count}`), 20);
