import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** Metadata key of routes marked {@link Public}. */
export const IS_PUBLIC = 'parley:public';

/** The OpenAPI extension of routes marked {@link Public}. */
export const PUBLIC_EXTENSION = 'x-public';

/** Marks a route that requires no token. */
export const Public = () => applyDecorators(SetMetadata(IS_PUBLIC, true), ApiExtension(PUBLIC_EXTENSION, true));
