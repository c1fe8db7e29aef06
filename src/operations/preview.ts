/** What would happen for one object of one system, with nothing done. */
import { z } from 'zod';
import { preview as previewNow } from '#runs/index';
import { type Operation, versioned } from './operation.ts';
import { type PlanOutput, planOutput, planShape } from './plan.ts';
import { connectionsOf } from './scope.ts';

export interface PreviewInput {
  readonly connection: string;
  readonly anchor: string;
}

export const preview: Operation<PreviewInput, PlanOutput> = {
  name: 'preview',
  permission: 'people.read',
  input: z.object({ connection: z.string().min(1), anchor: z.string().min(1) }),
  output: versioned<PlanOutput>('preview', planShape),
  async run(input, session) {
    const services = await session.services('read');
    connectionsOf([input.connection], services);
    return planOutput(await previewNow(input, services));
  },
};
