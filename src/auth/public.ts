import { SetMetadata } from '@nestjs/common';

/** Marks what {@link Public} marked. */
export const IS_PUBLIC = 'parley:public';

/** The route wants no token. */
export const Public = () => SetMetadata(IS_PUBLIC, true);
