import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** Marks what {@link Public} marked. */
export const IS_PUBLIC = 'parley:public';

/** The same mark in the OpenAPI document. */
export const PUBLIC_EXTENSION = 'x-public';

/** The route wants no token. */
export const Public = () => applyDecorators(SetMetadata(IS_PUBLIC, true), ApiExtension(PUBLIC_EXTENSION, true));
