import fs from 'node:fs';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { StringOutputParser } from '@langchain/core/output_parsers';

const prompt = ChatPromptTemplate.fromTemplate(fs.readFileSync('prompt.txt', 'utf8'));
export const chain = (model) => prompt.pipe(model).pipe(new StringOutputParser());
