// Starts the todo API: `npm start`.
import { createApp } from './app.js';
import { listen } from './listen.js';

const { url } = await listen(createApp(), Number(process.env.PORT ?? 3000));
console.log(`todo-api listens on ${url}`);
